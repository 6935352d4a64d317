import { fileURLToPath } from "node:url";

import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

// In development the page comes from Vite and everything under /api from a running `domovoy api`.
const api = process.env["DOMOVOY_API"];

export default defineConfig({
  plugins: [react()],
  resolve: { alias: { "@": fileURLToPath(new URL("./src", import.meta.url)) } },
  server: { host: "127.0.0.1", ...(api ? { proxy: { "/api": { target: api } } } : {}) },
  build: {
    target: "es2022",
    manifest: true, // scripts/sizes.mjs reads it
    // The content security policy allows no data: fonts or scripts; small files stay files.
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 700,
  },
  test: { include: ["src/**/*.test.ts"], environment: "node" },
});
