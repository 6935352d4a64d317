/** Starts the web app. */

import "@fontsource-variable/inter/wght.css";
import "@mantine/core/styles.css";
import "@mantine/notifications/styles.css";
import "@/shared/ui/global.css";

import { Notifications } from "@mantine/notifications";
import { QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";

import { makeQueryClient } from "@/shared/api/query";
import { isAnythingUnsent } from "@/shared/form/unsent";
import { initialLanguage, startI18n } from "@/shared/i18n";
import { meQuery } from "@/shared/session/me";
import { Appearance } from "./Appearance";
import { makeRouter } from "./router";

/** One of each alphabet that the faces are written in: each has a file of its own. */
const LETTERS = ["a", "я"];

const client = makeQueryClient(onSignedOut);
const router = makeRouter(client);

function onSignedOut(): void {
  if (isAnythingUnsent()) return; // the form says it when it is sent
  const { pathname, href } = router.state.location;
  const hadSession = client.getQueryData(meQuery.queryKey) !== undefined; // a stranger's session did not end
  if (hadSession && /^\/(desk|admin|wall)/.test(pathname)) {
    void router.navigate({ to: "/sign-in", search: { next: href, notice: "ended" } });
  }
}

const FONT_MS = 500;

/** The page's letters, unless they are long in coming. */
async function fontsReady(): Promise<void> {
  const late = new Promise((done) => setTimeout(done, FONT_MS));
  await Promise.race([Promise.all(LETTERS.map((letter) => document.fonts.load("16px 'Inter Variable'", letter))), late]).catch(() => undefined);
}

async function start(): Promise<void> {
  await Promise.all([startI18n(initialLanguage()), fontsReady()]);
  const root = document.getElementById("root");
  if (!root) throw new Error("index.html has no #root");
  createRoot(root).render(
    <StrictMode>
      <Appearance>
        <QueryClientProvider client={client}>
          <RouterProvider router={router} />
          <Notifications position="bottom-right" />
        </QueryClientProvider>
      </Appearance>
    </StrictMode>,
  );
}

void start();
