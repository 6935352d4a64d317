/** A form in a dialog: title, fields, what went wrong, one primary button. */

import { Alert, Anchor, Button, Group, Modal, Stack, Text } from "@mantine/core";
import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";

import { Problem } from "@/shared/api/problem";
import { ProblemNotice } from "@/shared/ui/Problem";
import { useUnsent } from "./unsent";
import type { Draft } from "./useDraft";
import { useRefusedFocus, useReturnFocus } from "./useFocus";

interface FormDialogProps<T extends object, R> {
  title: string;
  draft: Draft<T, R>;
  submitLabel: string;
  onClose: () => void;
  children: ReactNode;
  size?: string;
  isDangerous?: boolean;
}

export function FormDialog<T extends object, R>(props: FormDialogProps<T, R>) {
  const { t } = useTranslation();
  const { draft } = props;
  const [isAsking, setAsking] = useState(false);
  const form = useRefusedFocus(draft.refusals);
  useReturnFocus();
  useUnsent(draft.isDirty);
  const hasEnded = draft.failure instanceof Problem && draft.failure.code === "sign_in";
  // Esc and a click beside the dialog are easily made by mistake: what was typed is not thrown away by them unasked.
  const leave = () => (draft.isDirty() && !isAsking ? setAsking(true) : props.onClose());
  return (
    <Modal
      opened
      onClose={leave}
      returnFocus={false}
      title={props.title}
      size={props.size ?? "md"}
      closeButtonProps={{ "aria-label": t("action.close") }}
    >
      <form ref={form} onSubmit={draft.submit} onKeyDownCapture={draft.begin} onPointerDownCapture={draft.begin} onInputCapture={draft.begin} noValidate>
        <Stack gap="sm">
          {props.children}
          {hasEnded && <SessionEnded />}
          {draft.failure && !hasEnded && <ProblemNotice error={draft.failure} />}
          {isAsking && <Leaving onStay={() => setAsking(false)} onLeave={props.onClose} />}
          <Group justify="flex-end" mt="xs">
            <Button variant="default" onClick={props.onClose}>
              {t("action.cancel")}
            </Button>
            <Button type="submit" loading={draft.isBusy} {...(props.isDangerous ? { color: "red.9" } : {})}>
              {props.submitLabel}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}

/** What was typed waits here until one has signed in beside it. */
function SessionEnded() {
  const { t } = useTranslation();
  return (
    <Alert color="yellow" role="alert">
      <Text size="sm">{t("form.ended")}</Text>
      <Anchor href="/sign-in" target="_blank" size="sm">
        {t("form.signIn")}
      </Anchor>
    </Alert>
  );
}

function Leaving({ onStay, onLeave }: { onStay: () => void; onLeave: () => void }) {
  const { t } = useTranslation();
  return (
    <Alert color="yellow" role="alert">
      <Group justify="space-between">
        <Text size="sm">{t("form.leave")}</Text>
        <Group gap="xs">
          <Button size="xs" variant="default" autoFocus onClick={onStay}>
            {t("form.stay")}
          </Button>
          <Button size="xs" variant="default" onClick={onLeave}>
            {t("form.discard")}
          </Button>
        </Group>
      </Group>
    </Alert>
  );
}
