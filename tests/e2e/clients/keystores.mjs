// Opens every keystore of a folder with ethers, and writes as many of its own; answers the addresses it found.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Wallet, decryptKeystoreJsonSync, encryptKeystoreJsonSync } from "ethers";

const { folder, out, passphrase, own } = JSON.parse(readFileSync(0, "utf8"));
const opened = {};
for (const name of readdirSync(folder)) {
  opened[name] = decryptKeystoreJsonSync(readFileSync(join(folder, name), "utf8"), passphrase).address;
}
const made = {};
for (let number = 0; number < own; number++) {
  const { address, privateKey } = Wallet.createRandom();
  const text = encryptKeystoreJsonSync({ address, privateKey }, passphrase, { scrypt: { N: 2, r: 8, p: 1 } });
  const name = `ethers-${number}`;
  writeFileSync(join(out, `${name}.json`), text);
  made[name] = address;
}
process.stdout.write(JSON.stringify({ opened, made }));
