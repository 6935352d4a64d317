/** How a person likes what they see: kept by the server for their account, and here for the first paint. */

import { notifications } from "@mantine/notifications";
import { queryOptions, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useCallback, useMemo } from "react";
import { useTranslation } from "react-i18next";

import { answer, api } from "@/shared/api/client";
import { useProblemText } from "@/shared/ui/Problem";
import { useMe } from "./me";

type Value = Record<string, unknown>;
type Kept = Record<string, Value>;

const CACHE = "domovoy.preferences";

function cached(account: string): Kept | undefined {
  try {
    return JSON.parse(localStorage.getItem(`${CACHE}.${account}`) ?? "null") as Kept | null ?? undefined;
  } catch {
    return undefined;
  }
}

export const preferencesQuery = (account: string) =>
  queryOptions({
    queryKey: ["preferences", account],
    queryFn: async () => {
      const { items } = await answer(api.GET("/api/account/preferences"));
      localStorage.setItem(`${CACHE}.${account}`, JSON.stringify(items));
      return items;
    },
    placeholderData: () => cached(account),
    staleTime: 60_000,
  });

/** Says that what was chosen holds on this device alone. */
function useNotKept(): (error: Error) => void {
  const { t } = useTranslation();
  const textOf = useProblemText();
  return (error) => notifications.show({ title: t("problem.notKept"), message: textOf(error), color: "red" });
}

interface Changed<T> {
  value: T;
  /** What else the server is to know; without it the value is not kept. */
  tell: (() => Promise<unknown>) | undefined;
}

type Change<T> = (value: T, tell?: () => Promise<unknown>) => void;

/** One preference, and how to change it: seen at once, kept by the server after. Undefined: as the face has it. */
export function usePreference<T extends Value>(key: string): [value: T | undefined, change: Change<T>] {
  const { account_id: account } = useMe();
  const notKept = useNotKept();
  const client = useQueryClient();
  const options = useMemo(() => preferencesQuery(account), [account]);
  const { data } = useQuery(options);
  const { mutate } = useMutation({
    mutationKey: ["preference", key],
    mutationFn: async ({ value, tell }: Changed<T>) => {
      await tell?.();
      await answer(api.PUT("/api/account/preferences/{key}", { params: { path: { key } }, body: { value } }));
    },
    scope: { id: `preference.${key}` }, // the last one said is the last one kept
    onMutate: async ({ value }) => {
      await client.cancelQueries({ queryKey: options.queryKey });
      const next = { ...(client.getQueryData(options.queryKey) ?? cached(account)), [key]: value };
      client.setQueryData(options.queryKey, next);
      localStorage.setItem(`${CACHE}.${account}`, JSON.stringify(next));
    },
    // What could not be kept holds on this device until it is asked for again, and that it will be undone is said.
    onError: (error) => {
      if (client.isMutating({ mutationKey: ["preference", key] }) > 1) return; // another was said since, and is told yet
      notKept(error);
      void client.invalidateQueries({ queryKey: options.queryKey });
    },
  });
  const change = useCallback<Change<T>>((value, tell) => mutate({ value, tell }), [mutate]);
  return [data?.[key] as T | undefined, change];
}
