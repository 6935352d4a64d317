/** What stands in place of a page that failed: the reason, and a way on. */

import { Button, Container, Stack } from "@mantine/core";
import { type ErrorComponentProps, useRouter } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";

import { Problem } from "@/shared/api/problem";
import { ProblemNotice } from "@/shared/ui/Problem";

/** How browsers say that a page's script did not come: Chromium, Firefox, Safari. */
const NOT_LOADED = /dynamically imported module|Importing a module script failed|module script/i;

function told(error: unknown): Error {
  if (!(error instanceof Error)) return new Error(String(error));
  return NOT_LOADED.test(error.message) ? Problem.network(error) : error;
}

export function Broken({ error, reset }: ErrorComponentProps) {
  const { t } = useTranslation();
  const router = useRouter();
  const problem = told(error);
  const again = () => {
    // A browser that failed to load a script keeps the failure: only a fresh page asks for it again.
    if (problem !== error && problem instanceof Problem) {
      window.location.reload();
      return;
    }
    reset();
    void router.invalidate();
  };
  return (
    <Container size="sm" py="xl">
      <Stack>
        <ProblemNotice error={problem} onRetry={again} />
        <Button variant="subtle" component="a" href="/">
          {t("problem.home")}
        </Button>
      </Stack>
    </Container>
  );
}
