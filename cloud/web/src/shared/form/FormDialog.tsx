/** A form in a dialog: title, fields, what went wrong, one primary button. */

import { Button, Group, Modal, Stack } from "@mantine/core";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";

import { ProblemNotice } from "@/shared/ui/Problem";
import type { Draft } from "./useDraft";

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
  return (
    <Modal
      opened
      onClose={props.onClose}
      title={props.title}
      size={props.size ?? "md"}
      closeButtonProps={{ "aria-label": t("action.close") }}
      styles={{ title: { fontWeight: 650, fontSize: 17 } }}
    >
      <form onSubmit={draft.submit} noValidate>
        <Stack gap="sm">
          {props.children}
          {draft.failure && <ProblemNotice error={draft.failure} />}
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
