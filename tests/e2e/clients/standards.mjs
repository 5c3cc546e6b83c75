// Balances and owners from the events of ERC-1155 and ERC-721 alone, held against what the contracts say.
import { createPublicClient, http, parseAbi, zeroAddress } from "viem";
import { accounts, addresses, answer, rpc } from "./exchange.mjs";

const ERC1155 = parseAbi([
  "event TransferSingle(address indexed operator, address indexed from, address indexed to, uint256 id, uint256 value)",
  "event TransferBatch(address indexed operator, address indexed from, address indexed to, uint256[] ids, uint256[] values)",
  "function balanceOfBatch(address[] accounts, uint256[] ids) view returns (uint256[])",
]);
const ERC721 = parseAbi([
  "event Transfer(address indexed from, address indexed to, uint256 indexed tokenId)",
  "function ownerOf(uint256 tokenId) view returns (address)",
]);
const reader = createPublicClient({ transport: http(rpc) });
const events = (address, abi) => reader.getContractEvents({ address, abi, fromBlock: 0n, strict: true });

const balances = new Map(); // by id, then by account
for (const { args } of await events(addresses.Credits, ERC1155)) {
  const ids = args.ids ?? [args.id];
  const values = args.values ?? [args.value];
  for (const [place, id] of ids.entries()) {
    const held = balances.get(id) ?? balances.set(id, new Map()).get(id);
    held.set(args.from, (held.get(args.from) ?? 0n) - values[place]);
    held.set(args.to, (held.get(args.to) ?? 0n) + values[place]);
  }
}
const owners = new Map();
for (const { args } of await events(addresses.Certificates, ERC721)) {
  if ((owners.get(args.tokenId) ?? zeroAddress) !== args.from) throw new Error(`certificate ${args.tokenId} was not its sender's`);
  owners.set(args.tokenId, args.to);
}

const everybody = [...new Set([...accounts, ...[...balances.values()].flatMap((held) => [...held.keys()])])].filter((one) => one !== zeroAddress);
const differences = [];
let compared = 0;
for (const [id, held] of balances) {
  const args = [everybody, everybody.map(() => id)];
  const answers = await reader.readContract({ address: addresses.Credits, abi: ERC1155, functionName: "balanceOfBatch", args });
  for (const [place, account] of everybody.entries()) {
    compared += 1;
    const rebuilt = held.get(account) ?? 0n;
    if (rebuilt !== answers[place]) differences.push({ id, account, rebuilt, contract: answers[place] });
  }
}
for (const [certificate, rebuilt] of owners) {
  const owner = await reader.readContract({ address: addresses.Certificates, abi: ERC721, functionName: "ownerOf", args: [certificate] });
  if (owner !== rebuilt) differences.push({ certificate, rebuilt, contract: owner });
}
const supply = Object.fromEntries([...balances].map(([id, held]) => [String(id), -(held.get(zeroAddress) ?? 0n)]));
answer({ compared, differences, supply, certificates: [...owners.keys()] });
