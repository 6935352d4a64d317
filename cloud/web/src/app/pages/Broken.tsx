/** What stands in place of a page that failed: the reason, and a way on. */

import { Button, Container, Stack } from "@mantine/core";
import { type ErrorComponentProps, useRouter } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";

import { ProblemNotice } from "@/shared/ui/Problem";

export function Broken({ error, reset }: ErrorComponentProps) {
  const { t } = useTranslation();
  const router = useRouter();
  const again = () => {
    reset();
    void router.invalidate();
  };
  return (
    <Container size="sm" py="xl" component="main">
      <Stack>
        <ProblemNotice error={error instanceof Error ? error : new Error(String(error))} onRetry={again} />
        <Button variant="subtle" component="a" href="/">
          {t("problem.home")}
        </Button>
      </Stack>
    </Container>
  );
}
