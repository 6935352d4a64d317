/** A form: what was typed stays, and each of the server's words stands beside its field until that is changed. */

import { useMutation } from "@tanstack/react-query";
import { type SyntheticEvent, useState } from "react";

import { Problem } from "../api/problem";

type TextOf<T> = { [K in keyof T]-?: T[K] extends string ? K : never }[keyof T] & string;

export interface Form<T extends object> {
  values: T;
  set: <K extends keyof T>(name: K, value: T[K]) => void;
  patch: (values: Partial<T>) => void;
  /** What a field of text needs. `path`: the server's name where it is another. */
  text: (name: TextOf<T>, path?: string) => { value: string; onChange: (value: string) => void; error: string | undefined };
  /** What stands beside no field. */
  failure: Error | null;
  isBusy: boolean;
  /** `changed`: what the pressed button says itself. */
  submit: (event?: SyntheticEvent, changed?: Partial<T>) => void;
}

export function useForm<T extends object, R>(initial: T, send: (values: T) => Promise<R>, onDone: (result: R) => void, fields: readonly string[]): Form<T> {
  const [values, setValues] = useState(initial);
  const [touched, setTouched] = useState<ReadonlySet<string>>(new Set());
  const mutation = useMutation({ mutationFn: send, onMutate: () => setTouched(new Set()), onSuccess: onDone });
  const problem = mutation.error instanceof Problem ? mutation.error : null;
  const isPlaced = problem !== null && problem.fields.length > 0 && problem.fields.every(({ field }) => fields.includes(field));
  const patch = (changed: Partial<T>) => {
    setValues((before) => ({ ...before, ...changed }));
    setTouched((before) => new Set([...before, ...Object.keys(changed)]));
  };
  const set: Form<T>["set"] = (name, value) => patch({ [name]: value } as unknown as Partial<T>);
  return {
    values,
    set,
    patch,
    text: (name, path = name) => ({
      value: values[name] as string,
      onChange: (value) => set(name, value as T[typeof name]),
      error: touched.has(name) ? undefined : problem?.fields.find(({ field }) => field === path)?.message,
    }),
    failure: mutation.error && !isPlaced ? mutation.error : null,
    isBusy: mutation.isPending,
    submit: (event, changed) => {
      event?.preventDefault();
      if (!mutation.isPending) mutation.mutate({ ...values, ...changed });
    },
  };
}
