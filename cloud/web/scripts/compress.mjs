// Puts a .br and a .gz beside every built file that shrinks: the server sends them as they are (cloud/kernel/webfiles.py).
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

const dist = fileURLToPath(new URL("../dist/", import.meta.url));
const SHRINKS = /\.(js|css|html|svg)$/;
const LEAST_BYTES = 500;

for (const name of readdirSync(dist, { recursive: true })) {
  if (!SHRINKS.test(name)) continue;
  const content = readFileSync(dist + name);
  if (content.length < LEAST_BYTES) continue;
  writeFileSync(`${dist + name}.gz`, gzipSync(content, { level: 9 }));
  writeFileSync(`${dist + name}.br`, brotliCompressSync(content, { params: { [constants.BROTLI_PARAM_SIZE_HINT]: content.length } }));
}
