// A compiler job in one canonical form, and the answers that were already computed.
//
// forge, brownie and py-solc-x ask for the same contracts in different words: other outputs, defaults spelled out or not, imports
// in the input or left to the compiler. Completed and sorted they are one job, whose answer is kept under the hash of all that it
// depends on. An answer for more sources serves a job of fewer: forge's, which has tests beside the contracts, serves brownie.
"use strict";

const crypto = require("node:crypto");
const fs = require("node:fs");
const path = require("node:path");
const zlib = require("node:zlib");

const KEPT_ANSWERS = 24;

// What the three tools use of a contract between them. Only of the optimised pipeline, where asking apart would cost a minute.
const EVERYTHING = {
  "*": {
    "*": ["abi", "devdoc", "userdoc", "metadata", "storageLayout", "evm.bytecode", "evm.deployedBytecode", "evm.methodIdentifiers"],
    "": ["ast"],
  },
};

// brownie 1.22 has no setting for metadata, and the default hash makes even a remapping's spelling change the bytecode.
function canonicalSettings({ libraries, metadata, optimizer, outputSelection, remappings, viaIR, ...others }) {
  return {
    ...others,
    libraries: libraries ?? {},
    metadata: { appendCBOR: true, bytecodeHash: "none", useLiteralContent: false, ...metadata },
    optimizer: { enabled: false, runs: 200, ...optimizer },
    outputSelection: viaIR ? EVERYTHING : outputSelection,
    remappings: remappings ?? [],
    viaIR: viaIR ?? false,
  };
}

// The input with each imported source in it, or null where a source has no text of its own (`urls`).
function complete(input, find) {
  const settings = canonicalSettings(input.settings ?? {});
  const sources = {};
  const queue = Object.entries(input.sources);
  for (const [name, { content }] of queue) {
    if (content === undefined) return null;
    sources[name] = { content };
  }
  for (const [name] of queue) {
    for (const imported of importsOf(name, sources[name].content, settings.remappings)) {
      const found = imported in sources ? null : find(imported).contents;
      if (typeof found !== "string") continue; // there already, or missing: the compiler says so
      sources[imported] = { content: found };
      queue.push([imported]);
    }
  }
  return sorted({ language: input.language, settings, sources });
}

function importsOf(name, text, remappings) {
  const code = text.replace(/\/\*[\s\S]*?\*\/|\/\/[^\n]*/g, "");
  const written = [...code.matchAll(/\bimport\s(?:[^"';]*\bfrom\s)?\s*["']([^"']+)["']/g)].map((match) => match[1]);
  return written.map((one) => remapped(name, one.startsWith(".") ? path.posix.join(path.posix.dirname(name), one) : one, remappings));
}

// The longest context wins, then the longest prefix, then the last remapping: as solc's documentation says.
function remapped(importer, imported, remappings) {
  let best = null;
  for (const remapping of remappings) {
    const [, context, prefix, target] = /^(?:([^:=]*):)?([^=]*)=(.*)$/.exec(remapping) ?? [];
    if (prefix === undefined || !importer.startsWith(context ?? "") || !imported.startsWith(prefix)) continue;
    const rank = [(context ?? "").length, prefix.length];
    if (best === null || rank[0] > best.rank[0] || (rank[0] === best.rank[0] && rank[1] >= best.rank[1])) best = { rank, prefix, target };
  }
  return best === null ? imported : best.target + imported.slice(best.prefix.length);
}

function sorted(value) {
  if (value === null || typeof value !== "object" || Array.isArray(value)) return value;
  return Object.fromEntries(Object.keys(value).sort().map((key) => [key, sorted(value[key])]));
}

// The part of an answer that an input asked for: outputs and warnings of its own sources.
function select(output, job, selection) {
  const asked = (file, contract) => (file in job.sources ? ["*", file].flatMap((one) => selection?.[one]?.[contract] ?? []) : []);
  const contracts = {};
  for (const [file, found] of Object.entries(output.contracts ?? {})) {
    for (const [name, contract] of Object.entries(found)) {
      const paths = [...asked(file, "*"), ...asked(file, name)];
      if (paths.length > 0) (contracts[file] ??= {})[name] = pick(contract, paths);
    }
  }
  const sources = {};
  for (const [file, { id, ast }] of Object.entries(output.sources ?? {})) {
    if (!(file in job.sources)) continue;
    sources[file] = asked(file, "").includes("ast") ? { ast, id } : { id };
  }
  const errors = (output.errors ?? []).filter(({ sourceLocation }) => !sourceLocation || sourceLocation.file in job.sources);
  return { ...output, contracts, errors, sources };
}

function pick(contract, paths) {
  if (paths.includes("*")) return contract;
  const picked = {};
  for (const steps of paths.map((one) => one.split("."))) {
    let [from, to] = [contract, picked];
    for (const [at, step] of steps.entries()) {
      if (from[step] === undefined) break;
      if (at === steps.length - 1) to[step] = from[step];
      else [from, to] = [from[step], (to[step] ??= {})];
    }
  }
  return picked;
}

const hash = (value) => crypto.createHash("sha256").update(JSON.stringify(value)).digest("hex");

// Each answer is two files: NAME.json with the hash of each source, and NAME.gz with the compiler's output.
class Answers {
  constructor(folder) {
    this.folder = folder;
  }

  read(compiler, job) {
    const { settings, sources } = fingerprint(compiler, job);
    for (const name of this.names()) {
      try {
        const kept = JSON.parse(fs.readFileSync(path.join(this.folder, `${name}.json`), "utf8"));
        const serves = kept.settings === settings && Object.entries(sources).every(([source, text]) => kept.sources[source] === text);
        if (serves) return JSON.parse(zlib.gunzipSync(fs.readFileSync(path.join(this.folder, `${name}.gz`))));
      } catch {
        continue; // removed meanwhile, or cut off: compile
      }
    }
    return null;
  }

  // A folder that can't be written costs time and nothing else.
  write(compiler, job, output) {
    const found = fingerprint(compiler, job);
    const place = path.join(this.folder, hash(found));
    const put = (file, content) => {
      fs.writeFileSync(`${file}.${process.pid}`, content);
      fs.renameSync(`${file}.${process.pid}`, file);
    };
    try {
      fs.mkdirSync(this.folder, { recursive: true });
      put(`${place}.gz`, zlib.gzipSync(JSON.stringify(output), { level: 1 }));
      put(`${place}.json`, JSON.stringify(found));
      for (const name of this.names().slice(KEPT_ANSWERS)) {
        for (const kind of ["json", "gz"]) fs.rmSync(path.join(this.folder, `${name}.${kind}`), { force: true });
      }
    } catch (error) {
      process.stderr.write(`solc-v0.8.37: the answer can't be kept in ${this.folder}: ${error.message}\n`);
    }
  }

  // The newest first.
  names() {
    if (!fs.existsSync(this.folder)) return [];
    const files = fs.readdirSync(this.folder).filter((file) => file.endsWith(".json"));
    const age = Object.fromEntries(files.map((file) => [file, fs.statSync(path.join(this.folder, file), { throwIfNoEntry: false })?.mtimeMs]));
    return files.sort((a, b) => (age[b] ?? 0) - (age[a] ?? 0)).map((file) => file.slice(0, -".json".length));
  }
}

function fingerprint(compiler, { language, settings, sources }) {
  const texts = Object.entries(sources).map(([name, { content }]) => [name, hash(content)]);
  return { settings: hash([compiler, language, settings]), sources: Object.fromEntries(texts) };
}

module.exports = { Answers, complete, select };
