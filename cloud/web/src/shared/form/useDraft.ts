/** A form's draft: what was typed stays, and each error stands beside its field. */

import { useMutation } from "@tanstack/react-query";
import { type ChangeEvent, type SyntheticEvent, useRef, useState } from "react";

import { type FieldProblem, Problem } from "@/shared/api/problem";
import { hasUnfit } from "./unfit";

/** The names of a draft's texts. */
type TextOf<T> = { [K in keyof T]-?: T[K] extends string | undefined ? K : never }[keyof T] & string;

export interface TextField {
  value: string;
  error: string | undefined;
  onChange: (event: ChangeEvent<HTMLInputElement | HTMLTextAreaElement>) => void;
}

export interface Draft<T extends object, R> {
  values: T;
  set: <K extends keyof T>(name: K, value: T[K]) => void;
  patch: (values: Partial<T>) => void;
  /** What a field of text needs; spread it into the input. `path`: the server's name where it is another. */
  text: (name: TextOf<T>, path?: string) => TextField;
  /**
   * The server's words about a field, or about anything within it (`plates` for `plates.0`), until it is changed.
   * `names`: what it is made of in the draft, where that is not the path itself.
   */
  error: (path: string, ...names: (keyof T & string)[]) => string | undefined;
  /** What stands beside no field, in the words of the fields that have no place. */
  failure: Error | null;
  isBusy: boolean;
  /** The person begins to type or choose: what a form fills in by itself before that is no loss. */
  begin: () => void;
  /** Something was typed or chosen that is not sent yet. */
  isDirty: () => boolean;
  /** Counts the refusals: after each the first bad field gets the focus. */
  refusals: number;
  result: R | undefined;
  submit: (event?: SyntheticEvent) => void;
}

/** Paths of fields; as a function where not all are drawn at all times. */
export type Placed<T> = readonly string[] | ((values: T) => readonly string[]);

interface Options<T, R> {
  onDone?: (result: R) => void;
  /** Nothing of what was typed is left to be worked on; as a rule so after every success. */
  isDone?: (result: R) => boolean;
  /** What comes into the form by a refusal, as when what it shows was changed meanwhile; null: nothing. */
  onRefused?: (error: unknown, values: T) => Promise<Partial<T> | null>;
  /** Fields that are drawn, so that their errors are shown in place; the errors of others are told below the form. */
  fields: Placed<T>;
}

function within(path: string, field: string): boolean {
  return path === field || path.startsWith(`${field}.`);
}

/** What is to be told of a failure below the form; null: each of its errors stands beside its field. */
export function unplaced<T>(failure: Error | null, placed: Placed<T>, values: T): Error | null {
  if (!(failure instanceof Problem) || failure.fields.length === 0) return failure;
  const drawn = typeof placed === "function" ? placed(values) : placed;
  const isDrawn = ({ path }: FieldProblem) => drawn.some((field) => within(path, field));
  const others = failure.fields.filter((each) => !isDrawn(each));
  return others.length > 0 ? failure.about(others) : null;
}

export function useDraft<T extends object, R>(
  initial: T,
  send: (values: T) => Promise<R>,
  { onDone, isDone = () => true, onRefused, fields }: Options<T, R>,
): Draft<T, R> {
  const [values, setValues] = useState(initial);
  const [touched, setTouched] = useState<ReadonlySet<string>>(new Set());
  const [refusals, setRefusals] = useState(0);
  // No state: to draw anew while a key is on its way would lose the key.
  const before = useRef<string | null>(null);
  const patch = (changed: Partial<T>) => {
    setValues((before) => ({ ...before, ...changed }));
    setTouched((before) => new Set([...before, ...Object.keys(changed)]));
  };
  const sendOrAmend = async (sent: T) => {
    try {
      return await send(sent);
    } catch (error) {
      const amended = await onRefused?.(error, sent);
      if (amended) patch(amended);
      // What the form itself refuses is refused within the click: without this turn its words would be drawn after the focus is set.
      await new Promise((turn) => setTimeout(turn));
      throw error;
    }
  };
  const mutation = useMutation({
    mutationFn: sendOrAmend,
    onMutate: () => setTouched(new Set()),
    onSuccess: (result: R) => {
      if (isDone(result)) before.current = null;
      onDone?.(result);
    },
    onError: () => setRefusals((count) => count + 1),
  });
  const problem = mutation.error instanceof Problem ? mutation.error : null;
  const set: Draft<T, R>["set"] = (name, value) => patch({ [name]: value } as unknown as Partial<T>);
  const error: Draft<T, R>["error"] = (field, ...names) => {
    if ([...touched].some((changed) => within(field, changed) || names.some((name) => name === changed))) return undefined;
    return problem?.fields.find(({ path }) => within(path, field))?.message;
  };
  return {
    values,
    patch,
    set,
    error,
    text: (name, path = name) => ({
      value: (values[name] as string | undefined) ?? "",
      error: error(path, name),
      onChange: (event) => set(name, event.currentTarget.value as T[typeof name]),
    }),
    failure: unplaced(mutation.error, fields, values),
    isBusy: mutation.isPending,
    begin: () => {
      before.current ??= JSON.stringify(values);
    },
    isDirty: () => before.current !== null && JSON.stringify(values) !== before.current,
    refusals,
    result: mutation.data,
    submit: (event) => {
      event?.preventDefault();
      if (hasUnfit(event?.currentTarget)) setRefusals((count) => count + 1);
      else if (!mutation.isPending) mutation.mutate(values);
    },
  };
}
