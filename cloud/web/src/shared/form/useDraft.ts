/** A form's draft: what was typed stays, and each error stands beside its field. */

import { useMutation } from "@tanstack/react-query";
import { type SyntheticEvent, useState } from "react";

import { Problem } from "@/shared/api/problem";

export interface Draft<T extends object, R> {
  values: T;
  set: <K extends keyof T>(name: K, value: T[K]) => void;
  patch: (values: Partial<T>) => void;
  /** The server's words about a field, or about anything within it (`plates` for `plates.0`). */
  error: (path: string) => string | undefined;
  /** What stands beside no field. */
  failure: Error | null;
  isBusy: boolean;
  result: R | undefined;
  submit: (event?: SyntheticEvent) => void;
}

interface Options<R> {
  onDone?: (result: R) => void;
  /** Fields of the form whose errors are shown in place; others are told above the form. */
  fields: readonly string[];
}

function within(path: string, field: string): boolean {
  return path === field || path.startsWith(`${field}.`);
}

export function useDraft<T extends object, R>(
  initial: T,
  send: (values: T) => Promise<R>,
  { onDone, fields }: Options<R>,
): Draft<T, R> {
  const [values, setValues] = useState(initial);
  const [touched, setTouched] = useState<ReadonlySet<string>>(new Set());
  const mutation = useMutation({
    mutationFn: send,
    onMutate: () => setTouched(new Set()),
    onSuccess: (result: R) => onDone?.(result),
  });
  const problem = mutation.error instanceof Problem ? mutation.error : null;
  const patch = (changed: Partial<T>) => {
    setValues((before) => ({ ...before, ...changed }));
    setTouched((before) => new Set([...before, ...Object.keys(changed)]));
  };
  const isPlaced = problem?.fields.every(({ path }) => fields.some((field) => within(path, field)));
  return {
    values,
    patch,
    set: (name, value) => patch({ [name]: value } as unknown as Partial<T>),
    error: (field) => {
      if (touched.has(field)) return undefined;
      return problem?.fields.find(({ path }) => within(path, field))?.message;
    },
    failure: mutation.error && !(problem && problem.fields.length > 0 && isPlaced) ? mutation.error : null,
    isBusy: mutation.isPending,
    result: mutation.data,
    submit: (event) => {
      event?.preventDefault();
      if (!mutation.isPending) mutation.mutate(values);
    },
  };
}
