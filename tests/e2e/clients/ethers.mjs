// ethers with the shipped ABIs: send acts, then decode each refusal by the ABI of the contract that was called.
import { Contract, JsonRpcProvider, Wallet, isCallException } from "ethers";
import { abiOf, acts, addresses, answer, refusals, rpc, texts } from "./exchange.mjs";

const node = new JsonRpcProvider(rpc, undefined, { pollingInterval: 20, cacheTimeout: -1 });
const contract = (name, runner) => new Contract(addresses[name], abiOf(name), runner);

// ethers decodes what a call is refused with by itself, and leaves it to us where a transaction's gas is estimated.
async function refusal(name, act) {
  try {
    await act();
  } catch (error) {
    if (!isCallException(error)) throw error;
    const decoded = error.revert ?? contract(name, node).interface.parseError(error.data);
    return { error: decoded?.name ?? error.data, values: texts(decoded?.args) };
  }
  return { error: null, values: [] };
}

const receipts = [];
for (const { contract: name, function: method, arguments: args, key } of acts) {
  const send = async () => {
    const sent = await contract(name, new Wallet(key, node))[method](...args);
    receipts.push((await sent.wait()).status === 1 ? "success" : "reverted");
  };
  const refused = await refusal(name, send);
  if (refused.error !== null) receipts.push(refused.error);
}

const decoded = [];
for (const { contract: name, function: method, arguments: args, from } of refusals) {
  decoded.push(await refusal(name, () => contract(name, node)[method].staticCall(...args, { from })));
}
answer({ receipts, refusals: decoded });
node.destroy();
