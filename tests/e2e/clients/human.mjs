// Where ethers and viem read the human-readable declarations, {contract: declarations}, otherwise than the JSON.
import { readFileSync } from "node:fs";
import { Interface } from "ethers";
import { parseAbi } from "viem";
import { abiOf, answer } from "./exchange.mjs";

const { declarations } = JSON.parse(readFileSync(process.argv[2], "utf8"));
const ethers = (abi) => new Interface(abi).format();

// viem leaves out what is false or empty, and the compiler's names of types.
function plain(value) {
  if (value === null || typeof value !== "object") return value;
  if (Array.isArray(value)) return value.map(plain);
  const said = Object.entries(value).filter(([key, inner]) => key !== "internalType" && inner !== false && inner.length !== 0);
  return Object.fromEntries(said.sort().map(([key, inner]) => [key, plain(inner)]));
}

const same = (one, other) => JSON.stringify(one) === JSON.stringify(other);
answer(
  Object.entries(declarations).flatMap(([name, lines]) => [
    ...(same(ethers(lines), ethers(abiOf(name))) ? [] : [`ethers: ${name}`]),
    ...(same(plain(parseAbi(lines)), plain(abiOf(name))) ? [] : [`viem: ${name}`]),
  ]),
);
