/** Asks once before something is done, saying what will happen to whom. */

import { Button, Group, Modal, Stack, Text } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";

import { ProblemNotice } from "@/shared/ui/Problem";
import { useReturnFocus } from "./useFocus";

interface ConfirmDialogProps<R> {
  title: string;
  /** What will happen to whom. */
  hint: string;
  submitLabel: string;
  act: () => Promise<R>;
  onClose: () => void;
  onDone: (result: R) => void;
}

export function ConfirmDialog<R>({ title, hint, submitLabel, act, onClose, onDone }: ConfirmDialogProps<R>) {
  const { t } = useTranslation();
  const returnsFocusRef = useReturnFocus();
  const acting = useMutation({
    mutationFn: act,
    onMutate: () => {
      returnsFocusRef.current = false;
    },
    onError: () => {
      returnsFocusRef.current = true;
    },
    onSuccess: onDone,
  });
  return (
    <Modal opened returnFocus={false} onClose={onClose} title={title} closeButtonProps={{ "aria-label": t("action.close") }}>
      <Stack gap="sm">
        <Text size="sm" style={{ overflowWrap: "anywhere" }}>
          {hint}
        </Text>
        {acting.error && <ProblemNotice error={acting.error} />}
        <Group justify="flex-end" mt="xs">
          <Button variant="default" onClick={onClose}>
            {t("action.cancel")}
          </Button>
          <Button data-autofocus color="red.9" loading={acting.isPending} onClick={() => acting.mutate()}>
            {submitLabel}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
