// A client that knows nothing of our code: prints what it believes of a registry.
//
// tuf.js ADDRESS FOLDER NAME...: FOLDER has metadata/root.json, the root it trusts.
"use strict";

const { readFileSync } = require("node:fs");
const { join } = require("node:path");
const { Updater } = require("tuf-js");

async function ask(address, folder, names) {
  const updater = new Updater({
    metadataDir: join(folder, "metadata"),
    metadataBaseUrl: `${address}/tuf/metadata`,
    targetDir: join(folder, "targets"),
    targetBaseUrl: `${address}/tuf/targets`,
    config: { fetchRetries: 0 },
  });
  const believed = {};
  for (const name of names) {
    const target = await updater.getTargetInfo(name);
    const path =
      (await updater.findCachedTarget(target)) ??
      (await updater.downloadTarget(target));
    believed[name] = readFileSync(path, "utf8");
  }
  return believed;
}

const [address, folder, ...names] = process.argv.slice(2);
ask(address, folder, names).then(
  (believed) => console.log(JSON.stringify(believed)),
  (error) => {
    console.error(`${error.name}: ${error.message}`);
    process.exitCode = 1;
  },
);
