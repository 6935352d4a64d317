import { readdirSync } from "node:fs";

import js from "@eslint/js";
import reactHooks from "eslint-plugin-react-hooks";
import { defineConfig } from "eslint/config";
import tseslint from "typescript-eslint";

// A feature sees shared/ and itself, never another feature; shared/ sees neither features nor the app.
const features = readdirSync(new URL("./src/features", import.meta.url));
const walls = features.map((feature) => ({
  files: [`src/features/${feature}/**`],
  rules: {
    "no-restricted-imports": [
      "error",
      {
        patterns: [
          { group: ["@/app/*"], message: "A feature does not know the app." },
          {
            group: features.filter((other) => other !== feature).map((other) => `@/features/${other}/**`),
            message: "Features never import each other: lift what both need into shared/, or join them in app/.",
          },
          { group: ["../../*"], message: "Leave the feature by @/, not by ../.." },
        ].filter((pattern) => pattern.group.length > 0),
      },
    ],
  },
}));

export default defineConfig(
  { ignores: ["dist", "node_modules", "src/shared/api/schema.d.ts", "src/gate/api/gate-schema.d.ts", "eslint.config.js", "scripts"] },
  js.configs.recommended,
  ...tseslint.configs.strictTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    plugins: { "react-hooks": reactHooks },
    rules: {
      ...reactHooks.configs.recommended.rules,
      "max-lines": ["error", { max: 500 }],
      "@typescript-eslint/consistent-type-imports": "error",
      // Handlers that start a mutation return promises whose errors the query client shows.
      "@typescript-eslint/no-misused-promises": ["error", { checksVoidReturn: { attributes: false } }],
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      "@typescript-eslint/no-confusing-void-expression": "off",
      // The router navigates by throwing redirects.
      "@typescript-eslint/only-throw-error": "off",
      "react-hooks/set-state-in-effect": "off",
    },
  },
  ...walls,
  {
    // The guard's face stands alone: a box serves it, and no word of the cloud's API belongs there.
    files: ["src/gate/**"],
    rules: { "no-restricted-imports": ["error", { patterns: ["@/features/*", "@/app/*", "@/shared/*", "!@/shared/format", "!@/shared/i18n", "@/shared/i18n/*", "!@/shared/i18n/language", "!@/shared/i18n/shape", "!@/shared/i18n/dead", "!@/shared/keys", "@/shared/keys/*", "!@/shared/keys/matches"] }] },
  },
  {
    files: ["src/shared/**"],
    rules: { "no-restricted-imports": ["error", { patterns: ["@/features/*", "@/app/*", "@/gate/*"] }] },
  },
);
