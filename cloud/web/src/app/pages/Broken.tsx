/** What stands in place of a page that failed: the reason, and a way on. */

import { Button, Container, Stack } from "@mantine/core";
import { type ErrorComponentProps, useRouter } from "@tanstack/react-router";
import { useEffect } from "react";
import { useTranslation } from "react-i18next";

import { isServerReached, told } from "@/shared/api/loading";
import { Problem } from "@/shared/api/problem";
import { ProblemNotice } from "@/shared/ui/Problem";

export function Broken({ error, reset }: ErrorComponentProps) {
  const { t } = useTranslation();
  const router = useRouter();
  const problem = told(error);
  const isAway = problem instanceof Problem && problem.code === Problem.NETWORK;
  const again = async () => {
    // A browser that failed to load a script keeps the failure: only a fresh page asks for it again. Without a network there is none.
    if (isAway) {
      if (await isServerReached()) window.location.reload();
      return;
    }
    reset();
    void router.invalidate();
  };
  useEffect(() => {
    if (!isAway) return;
    const reload = () => window.location.reload();
    window.addEventListener("online", reload);
    return () => window.removeEventListener("online", reload);
  }, [isAway]);
  return (
    <Container size="sm" py="xl">
      <Stack>
        <ProblemNotice error={problem} onRetry={() => void again()} />
        <Button variant="subtle" component="a" href="/">
          {t("problem.home")}
        </Button>
      </Stack>
    </Container>
  );
}
