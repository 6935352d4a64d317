/** Starts the web app. */

import "@fontsource-variable/inter/wght.css";
import "@mantine/core/styles.css";
import "@mantine/notifications/styles.css";
import "@/shared/ui/global.css";

import { MantineProvider } from "@mantine/core";
import { Notifications } from "@mantine/notifications";
import { QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";

import { makeQueryClient } from "@/shared/api/query";
import { initialLanguage, startI18n } from "@/shared/i18n";
import { meQuery } from "@/shared/session/me";
import { contrast, theme } from "@/shared/ui/theme";
import { makeRouter } from "./router";

const client = makeQueryClient(onSignedOut);
const router = makeRouter(client);

function onSignedOut(): void {
  const { pathname, href } = router.state.location;
  const hadSession = client.getQueryData(meQuery.queryKey) !== undefined; // a stranger's session did not end
  if (hadSession && /^\/(desk|admin|wall)/.test(pathname)) {
    void router.navigate({ to: "/sign-in", search: { next: href, notice: "ended" } });
  }
}

async function start(): Promise<void> {
  await startI18n(initialLanguage());
  const root = document.getElementById("root");
  if (!root) throw new Error("index.html has no #root");
  createRoot(root).render(
    <StrictMode>
      <MantineProvider theme={theme} cssVariablesResolver={contrast} defaultColorScheme="auto">
        <QueryClientProvider client={client}>
          <RouterProvider router={router} />
          <Notifications position="bottom-right" />
        </QueryClientProvider>
      </MantineProvider>
    </StrictMode>,
  );
}

void start();
