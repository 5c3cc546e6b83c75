// What pytest asks a client: a JSON file in, a JSON document out. Numbers are decimal text both ways.
import { readFileSync } from "node:fs";

const asked = JSON.parse(readFileSync(process.argv[2], "utf8"));

export const { rpc, addresses } = withNumbers(asked);
export const acts = withNumbers(asked.acts ?? []);
export const refusals = withNumbers(asked.refusals ?? []);
export const accounts = asked.accounts ?? [];

export const abiOf = (contract) => JSON.parse(readFileSync(new URL(`../../../abi/${contract}.json`, import.meta.url), "utf8"));

export function answer(value) {
  process.stdout.write(JSON.stringify(value, (_, inner) => (typeof inner === "bigint" ? String(inner) : inner)));
}

// Values of a refusal as text, in one form for all clients.
export const texts = (values) => Array.from(values ?? [], (value) => String(value).toLowerCase());

function withNumbers(value) {
  if (typeof value === "string") return /^\d+$/.test(value) ? BigInt(value) : value;
  if (value === null || typeof value !== "object") return value;
  if (Array.isArray(value)) return value.map(withNumbers);
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, withNumbers(inner)]));
}
