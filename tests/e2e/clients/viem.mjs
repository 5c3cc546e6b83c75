// viem with the shipped ABIs: send acts, then decode each refusal by the ABI of the contract that was called.
import { BaseError, ContractFunctionRevertedError, createPublicClient, createWalletClient, http, parseAbi } from "viem";
import { privateKeyToAccount } from "viem/accounts";
import { abiOf, acts, addresses, answer, refusals, rpc, texts } from "./exchange.mjs";

const reader = createPublicClient({ transport: http(rpc), pollingInterval: 20 });
const contract = (name) => ({ address: addresses[name], abi: abiOf(name) });

async function refusal(act) {
  try {
    await act();
  } catch (error) {
    const reverted = error instanceof BaseError && error.walk((cause) => cause instanceof ContractFunctionRevertedError);
    if (!reverted) throw error;
    return { error: reverted.data?.errorName ?? reverted.signature ?? null, values: texts(reverted.data?.args) };
  }
  return { error: null, values: [] };
}

const receipts = [];
for (const { contract: name, function: functionName, arguments: args, key } of acts) {
  const writer = createWalletClient({ account: privateKeyToAccount(key), transport: http(rpc) });
  const send = async () => {
    const hash = await writer.writeContract({ ...contract(name), functionName, args, chain: null });
    receipts.push((await reader.waitForTransactionReceipt({ hash })).status);
  };
  const refused = await refusal(send);
  if (refused.error !== null) receipts.push(refused.error);
}

const decoded = [];
for (const { contract: name, function: functionName, arguments: args, from } of refusals) {
  decoded.push(await refusal(() => reader.simulateContract({ ...contract(name), functionName, args, account: from })));
}
answer({ receipts, refusals: decoded });
