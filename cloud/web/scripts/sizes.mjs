// What each face makes a browser fetch before it is of use, gzipped; fails when a face has outgrown its limit.
import { readFileSync, readdirSync } from "node:fs";
import { gzipSync } from "node:zlib";

const dist = new URL("../dist/", import.meta.url);
const manifest = JSON.parse(readFileSync(new URL(".vite/manifest.json", dist), "utf8"));
const LIMITS_KB = { "src/app/entry/pages.tsx": 250, "src/app/desk/pages.tsx": 320, "src/app/admin/pages.tsx": 330 };
const words = (...faces) => faces.map((face) => `src/shared/i18n/ru/faces/${face}.ts`);
const WORDS = { "src/app/entry/pages.tsx": words("entry"), "src/app/desk/pages.tsx": words("entry", "desk"), "src/app/admin/pages.tsx": words("entry", "desk", "more", "admin") };
const ENTRY = "index.html";

function files(key, seen = new Set()) {
  if (seen.has(key)) return seen;
  seen.add(key);
  for (const next of manifest[key].imports ?? []) files(next, seen);
  return seen;
}

function gzipped(file) {
  return gzipSync(readFileSync(new URL(file, dist))).length;
}

let failed = false;
for (const [face, limit] of Object.entries(LIMITS_KB)) {
  const chunks = [ENTRY, ...WORDS[face], face].reduce((seen, key) => files(key, seen), new Set());
  const scripts = [...chunks].map((key) => manifest[key].file);
  const styles = [...new Set([...chunks].flatMap((key) => manifest[key].css ?? []))];
  const kb = (list) => list.reduce((sum, file) => sum + gzipped(file), 0) / 1000;
  const js = kb(scripts);
  const over = js > limit;
  failed ||= over;
  console.log(`${face}: ${js.toFixed(1)} kB of scripts (limit ${limit}), ${kb(styles).toFixed(1)} kB of styles${over ? "  TOO LARGE" : ""}`);
}
const gate = JSON.parse(readFileSync(new URL(".vite/gate.json", dist), "utf8"));
const GATE_LIMIT_KB = 200; // scripts and styles, both languages: all that a guard's tablet fetches where no video is watched
const PLAYER = "gate/video/player.ts";
const gateFiles = new Set(Object.entries(gate).filter(([key]) => key !== PLAYER).map(([, part]) => part).flatMap(({ file, css = [] }) => [file, ...css]).filter((file) => /\.(js|css)$/.test(file)));
const gateKb = [...gateFiles].reduce((sum, file) => sum + gzipped(file), 0) / 1000;
const letters = Object.values(gate).flatMap(({ assets = [] }) => assets).filter((file) => file.endsWith(".woff2"));
const lettersKb = [...new Set(letters)].reduce((sum, file) => sum + readFileSync(new URL(file, dist)).length, 0) / 1000;
failed ||= gateKb > GATE_LIMIT_KB;
console.log(`src/gate: ${gateKb.toFixed(1)} kB of scripts and styles (limit ${GATE_LIMIT_KB}), ${lettersKb.toFixed(1)} kB of letters after the first paint${gateKb > GATE_LIMIT_KB ? "  TOO LARGE" : ""}`);
const total = readdirSync(new URL("assets/", dist)).filter((name) => name.endsWith(".js")).length;
console.log(`${total} script files`);
process.exit(failed ? 1 : 0);
