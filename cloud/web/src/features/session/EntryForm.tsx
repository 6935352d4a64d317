/** A form before sign-in: what went wrong, the fields, one button, and what else one may do. */

import { Button, Stack } from "@mantine/core";
import type { ReactNode } from "react";

import type { Draft } from "@/shared/form/useDraft";
import { useRefusedFocus } from "@/shared/form/useFocus";
import { ProblemNotice } from "@/shared/ui/Problem";
import { EntryLayout } from "./EntryLayout";

interface EntryFormProps<T extends object, R> {
  title: string;
  hint?: string | undefined;
  /** Said above the form. */
  notice?: ReactNode;
  draft: Draft<T, R>;
  /** The refusal to show, where it is not all that the draft tells. */
  failure?: Error | null;
  submitLabel: string;
  children: ReactNode;
  /** Below the button. */
  others?: ReactNode;
}

export function EntryForm<T extends object, R>(props: EntryFormProps<T, R>) {
  const { draft, failure = draft.failure } = props;
  const form = useRefusedFocus(draft.refusals);
  return (
    <EntryLayout title={props.title} hint={props.hint}>
      {props.notice}
      <form ref={form} onSubmit={draft.submit} noValidate>
        <Stack gap="sm">
          {failure && <ProblemNotice error={failure} />}
          {props.children}
          <Button type="submit" loading={draft.isBusy}>
            {props.submitLabel}
          </Button>
          {props.others}
        </Stack>
      </form>
    </EntryLayout>
  );
}
