import { fileURLToPath } from "node:url";

import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

// The guard's face: built apart from the others, because the box serves it, too, and old tablets open it.
const server = process.env["DOMOVOY_GATE"]; // in development: where the guard's API is

export default defineConfig({
  root: "src",
  publicDir: false,
  plugins: [react()],
  resolve: { alias: { "@": fileURLToPath(new URL("./src", import.meta.url)) } },
  server: { host: "127.0.0.1", ...(server ? { proxy: { "/gate/api": { target: server } } } : {}) },
  build: {
    outDir: "../dist",
    emptyOutDir: false, // the other faces were built into it before
    assetsDir: "assets/gate", // apart, so that the box can take them alone (deploy/setup/web.py)
    rolldownOptions: { input: fileURLToPath(new URL("./src/gate/index.html", import.meta.url)) },
    target: "chrome109",
    manifest: ".vite/gate.json", // scripts/sizes.mjs reads it
    assetsInlineLimit: 0, // the content security policy allows no data: addresses
  },
});
