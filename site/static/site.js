// Takes an ISRC in any form to its page, and says which release the site is. Nothing
// here is needed to read a page.

const ROOT = new URL("..", import.meta.url);
const FORM = /^[A-Z]{2}[A-Z0-9]{3}[0-9]{7}$/;
const LENGTH = 12;

/** Return a pasted text as the twelve characters of an ISRC, if it is one. */
export function tidy(text) {
  return text
    .normalize("NFKC")
    .toUpperCase()
    .replace(/[\s\p{Dash}\p{Cf}]/gu, "")
    .replace(/^ISRC:?(?=.{12}$)/, "");
}

/** Return the code as people read it: XX-F01-26-00001. */
function spell(code) {
  return [code.slice(0, 2), code.slice(2, 5), code.slice(5, 7), code.slice(7)].join("-");
}

/** Return what is wrong with a tidied text, in words; empty when it is an ISRC. */
export function fault(code) {
  if (FORM.test(code)) return "";
  if (!code) return "Type or paste an ISRC first.";
  if (code.length !== LENGTH) {
    return `This has ${code.length} letters and digits. An ISRC has 12, such as XX-F01-26-00001.`;
  }
  if (/^[A-Z]{2}[A-Z0-9]{3}[0-9OIL]{7}$/.test(code)) {
    return "The last seven characters of an ISRC are digits. Is a letter O or I meant to be a 0 or 1?";
  }
  return "An ISRC has two letters, then three letters or digits, then seven digits, such as XX-F01-26-00001.";
}

async function exists(address) {
  try {
    return (await fetch(address, { method: "HEAD" })).ok;
  } catch {
    return false;
  }
}

async function addressOf(code) {
  const own = new URL(`isrc/${code}/`, ROOT);
  if (await exists(own)) return own;
  const prefix = new URL(`prefix/${code.slice(0, 5)}/`, ROOT);
  if (!(await exists(prefix))) return own; // 404.html explains
  prefix.hash = code;
  return prefix;
}

function listen(form) {
  const input = form.querySelector("input");
  const problem = form.querySelector("[data-problem]");
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const code = tidy(input.value);
    problem.textContent = fault(code);
    input.setAttribute("aria-invalid", String(Boolean(problem.textContent)));
    if (problem.textContent) {
      input.focus();
    } else {
      location.assign(await addressOf(code));
    }
  });
}

/** Return whether the pages of a prefix show all that can decide about a code. */
function knows({ prefix, listedUntil, defaultUntil }, code, hasDefault) {
  if (!code.startsWith(prefix)) return false;
  if (listedUntil && code > listedUntil) return false;
  return hasDefault || !defaultUntil || code <= defaultUntil;
}

/** On a prefix page: say what answers for the code in the address, after "#". */
function answerUnlisted(box) {
  const code = decodeURIComponent(location.hash.slice(1));
  box.hidden = !FORM.test(code) || document.getElementById(code) !== null;
  if (box.hidden) return;
  const holds = (element) => element.dataset.first <= code && code <= element.dataset.last;
  const page = [...document.querySelectorAll("[data-page]")].find(holds);
  const answer = [...document.querySelectorAll("[data-interval]")].find(holds);
  const known = knows(box.dataset, code, Boolean(answer));
  const elsewhere = page && !page.hasAttribute("aria-current");
  const kind = elsewhere ? "page" : !known ? "unknown" : answer ? "default" : "nothing";
  for (const choice of box.querySelectorAll("[data-if]")) {
    choice.hidden = choice.dataset.if !== kind;
  }
  box.querySelector("[data-code]").textContent = spell(code);
  box.querySelector("[data-isrc]").textContent = code;
  if (kind === "page") {
    const link = box.querySelector("[data-if=page] a");
    link.href = `${page.getAttribute("href")}#${code}`;
  }
  if (kind === "default") {
    const shown = [...answer.querySelectorAll(".chip")];
    const chips = shown.flatMap((chip) => [chip.cloneNode(true), " "]);
    box.querySelector("[data-verdict]").replaceChildren(...chips);
  }
  box.scrollIntoView({ block: "nearest" });
}

/** On 404.html: explain an address /isrc/<ISRC>/ that has no page. */
async function explainMissing(box) {
  const typed = decodeURIComponent(location.pathname).match(/\/isrc\/([^/]+)\/?$/)?.[1] ?? "";
  const code = tidy(typed);
  if (!FORM.test(code)) return;
  const own = new URL(`isrc/${code}/`, ROOT);
  if (typed !== code && (await exists(own))) {
    location.replace(own);
    return;
  }
  for (const place of box.querySelectorAll("[data-code]")) place.textContent = spell(code);
  for (const place of box.querySelectorAll("[data-isrc]")) place.textContent = code;
  const prefix = new URL(`prefix/${code.slice(0, 5)}/`, ROOT);
  const known = await exists(prefix);
  prefix.hash = code;
  box.querySelector("[data-prefix]").href = prefix;
  box.querySelector("[data-if=known]").hidden = !known;
  box.querySelector("[data-if=unknown]").hidden = known;
  box.hidden = false;
  document.querySelector("[data-plain]").hidden = true;
}

/** At the foot of a page that does not name the release: say which one is here. */
async function nameRelease(link) {
  try {
    // Asked anew: a copy in the browser's cache may be of an earlier release.
    const answer = await fetch(new URL("release.json", ROOT), { cache: "no-cache" });
    const { format, number, issued } = await answer.json();
    const moment = new Date(issued);
    const known = answer.ok && format === "sayso/release/1";
    const sound = Number.isSafeInteger(number) && number > 0;
    if (!known || !sound || moment.toISOString() !== issued.replace("Z", ".000Z")) return;
    const spelling = new Intl.DateTimeFormat("en-GB", { dateStyle: "long", timeZone: "UTC" });
    link.textContent = `Release ${number} of ${spelling.format(moment)}`;
  } catch {
    // Then the link still leads to where it is said.
  }
}

function start() {
  document.querySelectorAll("form[data-check]").forEach(listen);
  const unlisted = document.querySelector("[data-unlisted]");
  if (unlisted) {
    answerUnlisted(unlisted);
    addEventListener("hashchange", () => answerUnlisted(unlisted));
  }
  const missing = document.querySelector("[data-missing]");
  if (missing) explainMissing(missing);
  document.querySelectorAll("[data-release]").forEach(nameRelease);
}

start();
