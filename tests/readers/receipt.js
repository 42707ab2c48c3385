// A verifier of receipts that knows nothing of our code: the steps of the page
// "Receipts", with nothing but Node.
//
// receipt.js RECEIPT ROOT [FILE]: prints what is proved. FILE is a declaration, or the
// answers to a list.
"use strict";

const crypto = require("node:crypto");
const { readFileSync } = require("node:fs");

const USES = [
  "analyse", "any-ai", "benchmark", "clone-voice", "finetune-generative", "index",
  "prompt", "search", "share", "train-analytic", "train-generative",
];
const SPKI = Buffer.from("302a300506032b6570032100", "hex");

function check(holds, what) {
  if (!holds) throw new Error(what);
}

const sha256 = (...parts) => {
  const hash = crypto.createHash("sha256");
  parts.forEach((part) => hash.update(part));
  return hash.digest();
};
const digest = (...parts) => sha256(...parts).toString("hex");

// The JSON profile: what is written again must be what was read.

function compact(value) {
  if (Array.isArray(value)) return `[${value.map(compact).join(",")}]`;
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  const members = Object.keys(value).sort();
  return `{${members.map((name) => `${compact(name)}:${compact(value[name])}`).join(",")}}`;
}

function documentOf(value) {
  const lines = Object.keys(value).sort().map((name) => {
    const member = value[name];
    const many = Array.isArray(member) && member.length;
    return `${compact(name)}:${many ? `[\n${member.map(compact).join(",\n")}\n]` : compact(member)}`;
  });
  return `{\n${lines.join(",\n")}\n}\n`;
}

function read(text, ...members) {
  const value = JSON.parse(text);
  check(documentOf(value) === text, "not in the JSON profile");
  if (members.length) only(value, members);
  return value;
}

function only(value, members) {
  check(compact(Object.keys(value).sort()) === compact(members.sort()), `other members than ${members}`);
}

// Keys and signatures.

const ed25519 = (raw) =>
  crypto.createPublicKey({ key: Buffer.concat([SPKI, raw]), format: "der", type: "spki" });

function signs(key, message, signature) {
  if (key.scheme === "ed25519")
    return crypto.verify(null, message, ed25519(Buffer.from(key.keyval.public, "hex")), signature);
  check(key.scheme === "ecdsa-sha2-nistp256", `a key of ${key.scheme}`);
  return crypto.verify("sha256", message, key.keyval.public, signature);
}

function canonical(value) {
  if (typeof value === "string") return `"${value.replace(/[\\"]/g, "\\$&")}"`;
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (value === null || typeof value !== "object") return String(value);
  const members = Object.keys(value).sort();
  return `{${members.map((name) => `${canonical(name)}:${canonical(value[name])}`).join(",")}}`;
}

function quorum(root, role, message, signatures, what) {
  const { keyids, threshold } = root.signed.roles[role];
  const signed = new Set(keyids).size === keyids.length && keyids.filter((id) => {
    const hex = signatures[id];
    return hex && signs(root.signed.keys[id], message, Buffer.from(hex, "hex"));
  });
  check(signed && signed.length >= threshold, `too few signed ${what}`);
}

function role(by, name, file, what) {
  const message = Buffer.from(canonical(file.signed));
  const signatures = Object.fromEntries(file.signatures.map((one) => [one.keyid, one.sig]));
  quorum(by, name, message, signatures, what);
}

// Steps 1 to 3: who is believed.

function newestRoot(pinnedText, evidence) {
  let root = JSON.parse(pinnedText);
  const version = root.signed.version;
  check(root.signed._type === "root", "not a root");
  check(version <= evidence.roots.length + 1, "the root is too new");
  if (version === 1) role(root, "root", root, "1.root.json");
  else check(evidence.roots[version - 2] === pinnedText, "another root");
  for (const text of evidence.roots.slice(version - 1)) {
    const next = JSON.parse(text);
    check(next.signed._type === "root", "not a root");
    check(next.signed.version === root.signed.version + 1, "a root is missing");
    role(root, "root", next, `root ${next.signed.version}`);
    role(next, "root", next, `root ${next.signed.version}`);
    root = next;
  }
  return root;
}

function checkTargets(root, evidence) {
  const targets = JSON.parse(evidence.targets);
  check(targets.signed._type === "targets", "not targets");
  check(targets.signed.version === evidence.targets_version, "other targets");
  role(root, "targets", targets, "the targets");
  const named = targets.signed.targets["policy.txt"].hashes.sha256;
  check(named === digest(evidence.policy), "another policy");
}

// Steps 4 and 5: the release in the log.

function verifierKey(text) {
  const [, name, id, packed] = /^([^+]+)\+([0-9a-f]{8})\+(.+)$/.exec(text);
  const key = Buffer.from(packed, "base64");
  check(digest(name, "\n", key).slice(0, 8) === id, "a key with another id");
  return { name, id, type: key[0], key: ed25519(key.subarray(1)) };
}

function readPolicy(text) {
  const policy = { logs: [], witnesses: [], groups: [], quorum: null };
  for (const line of text.split("\n")) {
    const [word, ...rest] = line.trim().split(/[ \t]+/);
    if (word === "log") policy.logs.push(verifierKey(rest[0]));
    else if (word === "witness") policy.witnesses.push({ name: rest[0], key: verifierKey(rest[1]) });
    else if (word === "group") policy.groups.push({ name: rest[0], least: rest[1], members: rest.slice(2) });
    else if (word === "quorum") policy.quorum = rest[0];
    else check(word === "" || word.startsWith("#"), `a line of the policy: ${line}`);
  }
  return policy;
}

function openCheckpoint(note, policy) {
  const end = note.lastIndexOf("\n\n");
  const text = note.slice(0, end + 1);
  const [origin, size, root] = text.split("\n");
  const seen = {};
  let logged = false;
  for (const line of note.slice(end + 2).trimEnd().split("\n")) {
    const [, name, packed] = /^— ([^ ]+) (.+)$/.exec(line);
    const bytes = Buffer.from(packed, "base64");
    const [id, signature] = [bytes.subarray(0, 4).toString("hex"), bytes.subarray(4)];
    const known = (key) => key.name === name && key.id === id;
    const log = policy.logs.find(known);
    const witness = policy.witnesses.find((each) => known(each.key));
    if (log) {
      check(crypto.verify(null, Buffer.from(text), log.key, signature), "a false signature");
      logged ||= name === origin;
    } else if (witness) {
      const time = signature.readBigUInt64BE();
      const message = Buffer.from(`cosignature/v1\ntime ${time}\n${text}`);
      check(crypto.verify(null, message, witness.key.key, signature.subarray(8)), "a false cosignature");
      seen[witness.name] = Number(time);
    }
  }
  check(logged, "no log that is believed signed the checkpoint");
  const reached = new Set(Object.keys(seen));
  for (const { name, least, members } of policy.groups) {
    const count = { any: 1, all: members.length }[least] ?? Number(least);
    if (members.filter((member) => reached.has(member)).length >= count) reached.add(name);
  }
  check(policy.quorum === "none" || reached.has(policy.quorum), "too few witnesses");
  return { origin, size: Number(size), root: Buffer.from(root, "base64"), seen };
}

// RFC 9162, 2.1.3.2: the same tree as in RFC 6962.
function checkInclusion(leaf, index, size, hashes, root) {
  check(index < size, "no such leaf");
  let [fn, sn, r] = [index, size - 1, leaf];
  const node = (left, right) => sha256("\x01", left, right);
  for (const hash of hashes) {
    check(sn !== 0, "too many hashes");
    if (fn % 2 === 1 || fn === sn) {
      r = node(hash, r);
      while (fn % 2 === 0 && fn !== 0) [fn, sn] = [Math.floor(fn / 2), Math.floor(sn / 2)];
    } else r = node(r, hash);
    [fn, sn] = [Math.floor(fn / 2), Math.floor(sn / 2)];
  }
  check(sn === 0 && r.equals(root), "it is not in the tree");
}

function provedRelease(evidence) {
  const [head, checkpoint] = split(evidence.proof, "\n\n");
  const [format, line, ...hashes] = head.split("\n");
  check(format === "c2sp.org/tlog-proof@v1" && line.startsWith("index "), "not a proof");
  const index = Number(line.slice("index ".length));
  const opened = openCheckpoint(checkpoint, readPolicy(evidence.policy));
  const leaf = sha256("\x00", evidence.release);
  checkInclusion(leaf, index, opened.size, hashes.map((hash) => Buffer.from(hash, "base64")), opened.root);
  const release = read(evidence.release);
  check(release.format === "sayso/release/1" && release.number === index + 1, "another release");
  return { release, opened };
}

function split(text, by) {
  const at = text.indexOf(by);
  return [text.slice(0, at), text.slice(at + by.length)];
}

function checkApproval(root, evidence, release) {
  const { brake, next_brake: next, counts } = release;
  const braked = release.recovery || counts.loosened > brake.recordings ||
    counts.loosened_ranges > brake.ranges || next.recordings > brake.recordings ||
    next.ranges > brake.ranges;
  check(braked === (evidence.approval !== null), "an approval is missing, or needless");
  if (!braked) return;
  const given = read(evidence.approval);
  const named = [release.origin, release.number, digest(evidence.release)];
  check(compact([given.origin, given.number, given.release]) === compact(named), "another approval");
  const message = Buffer.from(`sayso/approval/1\n${named.join("\n")}\n`);
  quorum(root, "targets", message, given.signatures, "the approval");
}

// Step 7: the look-up tree.

const RADIX = [26, 26, 36, 36, 36];

function keyOf(isrc) {
  check(/^[A-Z]{2}[A-Z0-9]{3}[0-9]{7}$/.test(isrc), `not a code: ${isrc}`);
  const digits = [...isrc.slice(0, 5)].map((one, at) => (at < 2 ? parseInt(one, 36) - 10 : parseInt(one, 36)));
  return digits.reduce((key, one, at) => key * RADIX[at] + one, 0) * 1e7 + Number(isrc.slice(5));
}

function lookUp(isrc, lookup, bring) {
  const key = keyOf(isrc);
  let child = { from: 0, to: 2 ** 49, default: null, name: lookup.root, level: null };
  while (child.name !== null) {
    const file = read(bring(child.name));
    check(file.format === "sayso/lookup/1", "not a file of the tree");
    check(file.from === child.from && file.to === child.to, "a file of another place");
    check(child.level === null || file.level === child.level, "a file of another level");
    if (file.level === 0) return inLeaf(file, isrc, key, child, lookup);
    child = childAt(file, key, child, lookup);
  }
  const policy = child.default === null ? null : JSON.parse(bring(child.default));
  check(policy === null || digest(compact(policy)) === child.default, "another policy");
  return { row: null, policy };
}

function childAt(file, key, parent, lookup) {
  only(file, ["children", "format", "from", "level", "to"]);
  const { children } = file;
  check(children.length >= 1 && children.length <= lookup.node_entries, "too many children");
  check(children[0].from === file.from && children[0].default === parent.default, "a gap");
  check(children.some((one) => one.name !== null), "an empty node");
  const all = children.map((one, at) => ({ ...one, to: children[at + 1]?.from ?? file.to, level: file.level - 1 }));
  all.forEach((one, at) => {
    const width = one.to - one.from;
    check(width > 0 && Number.isInteger(Math.log2(width)) && one.from % width === 0, "not a half of a half");
    check(one.name !== null || at + 1 === all.length || all[at + 1].default === one.default, "a change without an item");
  });
  return all.findLast((one) => one.from <= key);
}

function inLeaf(file, isrc, key, child, lookup) {
  only(file, ["default", "format", "from", "items", "level", "policies", "to"]);
  check(file.default === child.default, "another default");
  const { items } = file;
  check(items.length >= 1 && (items.length <= lookup.leaf_items || file.to - file.from === 1), "too many items");
  const order = items.map((item) => `${item.isrc}${"title" in item ? 1 : 0}`);
  check(order.every((one, at) => at === 0 || order[at - 1] < one), "items do not ascend");
  check(items.every((item) => file.from <= keyOf(item.isrc) && keyOf(item.isrc) < file.to), "an item of another leaf");
  const policies = new Map();
  for (const { number, policy, sha256: named } of file.policies) {
    check(digest(compact(policy)) === named, "another policy");
    policies.set(number, { policy, named });
  }
  const used = new Set(items.map((item) => item.policy).filter((number) => number !== null));
  for (const [number, { named }] of policies) if (named === file.default) used.add(number);
  check(compact([...used].sort((a, b) => a - b)) === compact([...policies.keys()]), "policies that are not used, or missing");
  const before = items.filter((item) => keyOf(item.isrc) <= key);
  const row = before.find((item) => item.isrc === isrc && "title" in item) ?? null;
  const change = row ?? before.findLast((item) => !("title" in item));
  if (change === undefined) {
    const standing = [...policies.values()].find(({ named }) => named === file.default);
    return { row: null, policy: standing?.policy ?? null };
  }
  return { row, policy: change.policy === null ? null : policies.get(change.policy).policy };
}

// Step 8: the answers.

function answerFor(isrc, { row, policy }, territory, asked) {
  const uses = {};
  for (const use of USES) uses[use] = cellOf(policy, use, territory, asked);
  return {
    artist: row?.artist ?? null,
    isrc,
    listed: row !== null,
    owner: row?.owner ?? null,
    policy: policy === null ? null : digest(compact(policy)),
    title: row?.title ?? null,
    until: policy?.until ?? null,
    uses,
  };
}

function cellOf(policy, use, territory, asked) {
  if (policy === null)
    return { by: [], disputed: false, ownership: null, rule: "nothing-declared", sides: [], verdict: "undeclared" };
  const { answers } = policy;
  const group = answers.find((one) => Array.isArray(one.in) && one.in.includes(territory));
  const place = territory === null ? answers[0] : (group ?? answers.at(-1));
  const cell = { ownership: null, sides: [], ...place.uses[use] };
  if (cell.verdict === "allow" && policy.until !== null && asked >= policy.until)
    return { ...cell, verdict: "undeclared", rule: "out-of-date", ownership: null };
  return cell;
}

function checkRecordings(receipt, release) {
  const objects = new Map(receipt.objects.map((text) => [digest(text), text]));
  const used = new Set();
  const bring = (name) => {
    check(objects.has(name), `the file ${name} is missing`);
    used.add(name);
    return objects.get(name);
  };
  receipt.isrcs.forEach((isrc, at) => {
    check(at === 0 || receipt.isrcs[at - 1] < isrc, "codes do not ascend");
    const found = lookUp(isrc, release.lookup, bring);
    const said = answerFor(isrc, found, receipt.territory, receipt.made.asked);
    check(compact(said) === compact(receipt.answers[at]), `another answer for ${isrc}`);
  });
  check(receipt.answers.length === receipt.isrcs.length, "an answer for no code");
  check(used.size === receipt.objects.length, "a file for no code");
}

function checkDeclaration(receipt, release, file) {
  const leaf = sha256("\x00", receipt.path, "\x00", receipt.sha256);
  const hashes = receipt.hashes.map((hash) => Buffer.from(hash, "hex"));
  checkInclusion(leaf, receipt.index, receipt.files, hashes, Buffer.from(release.source.declarations_root, "hex"));
  check(file === undefined || digest(file) === receipt.sha256, "another file");
}

function checkList(receipt, answers) {
  if (answers === undefined) return;
  const [head, lines] = split(answers.toString(), "\n");
  const salt = Buffer.from(head.split("\t")[1], "hex");
  const codes = lines.split("\n").map((line) => line.split("\t")[0]).join("\n");
  check(digest(salt, lines) === receipt.answers_sha256, "other answers");
  check(digest(salt, codes) === receipt.list_sha256, "another list");
}

function verify(text, pinned, file) {
  const receipt = read(text);
  check(receipt.format === "sayso/receipt/1", "not a receipt");
  const common = ["evidence", "format", "kind", "made", "notice"];
  const { evidence } = receipt;
  only(evidence, ["approval", "policy", "proof", "release", "roots", "targets", "targets_version"]);
  only(receipt.made, ["asked", "by"]);
  const root = newestRoot(pinned, evidence);
  checkTargets(root, evidence);
  const { release, opened } = provedRelease(evidence);
  const isDevelopment = root.signed["x-sayso-profile"] === "dev";
  check((release.profile === "development") === isDevelopment, "keys of another kind");
  checkApproval(root, evidence, release);
  check(Date.parse(receipt.made.asked) >= Date.parse(release.issued) - 300000, "asked too early");
  check(receipt.notice === release.notice, "another notice");
  if (receipt.kind === "recordings") {
    only(receipt, [...common, "answers", "isrcs", "objects", "territory"]);
    checkRecordings(receipt, release);
  } else if (receipt.kind === "list") {
    only(receipt, [...common, "answers_sha256", "codes", "counts", "list_sha256", "listed", "territory"]);
    checkList(receipt, file);
  } else {
    check(receipt.kind === "declaration", "another kind");
    only(receipt, [...common, "files", "hashes", "index", "path", "sha256"]);
    checkDeclaration(receipt, release, file);
  }
  return { number: release.number, root: root.signed.version, seen: opened.seen, answers: receipt.answers ?? null };
}

const [receipt, root, file] = process.argv.slice(2);
try {
  const given = file === undefined ? undefined : readFileSync(file);
  const proved = verify(readFileSync(receipt, "utf8"), readFileSync(root, "utf8"), given);
  console.log(JSON.stringify(proved));
} catch (error) {
  console.error(`${error.message}`);
  process.exitCode = 1;
}
