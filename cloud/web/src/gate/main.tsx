/** Starts the guard's face. */

import "./ui/tokens.css";

import { QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";

import { initialLanguage } from "@/shared/i18n/language";
import { makeQueryClient, meQuery } from "./api/queries";
import { startI18n } from "./i18n";
import { makeRouter } from "./router";
import { unlockSound } from "./ui/sound";
import { applyTheme } from "./ui/theme";

const client = makeQueryClient(() => void client.invalidateQueries({ queryKey: meQuery.queryKey }));
const router = makeRouter();

async function start(): Promise<void> {
  applyTheme(undefined);
  unlockSound();
  await startI18n(initialLanguage());
  const root = document.getElementById("root");
  if (!root) throw new Error("index.html has no #root");
  createRoot(root).render(
    <StrictMode>
      <QueryClientProvider client={client}>
        <RouterProvider router={router} />
      </QueryClientProvider>
    </StrictMode>,
  );
}

void start();
