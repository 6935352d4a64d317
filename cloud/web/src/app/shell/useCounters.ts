/** Counters beside the sections: what wants attention now. */

import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";

import { answer, api } from "@/shared/api/client";
import { useMay } from "@/shared/session/me";

interface CounterValue {
  count: number;
  label: string;
  isUrgent: boolean;
}

export function useCounters(): Partial<Record<string, CounterValue>> {
  const { t } = useTranslation();
  const may = useMay();
  const offline = useQuery({
    queryKey: ["boxes", "offline"],
    queryFn: () => answer(api.GET("/api/boxes", { params: { query: { online: false, page_size: 1 } } })),
    enabled: may("sites.read"),
  });
  const alarms = useQuery({
    queryKey: ["alarms", "open"],
    queryFn: () => answer(api.GET("/api/alarms", { params: { query: { state: ["open"], page_size: 1 } } })),
    enabled: may("alarms.read"),
  });
  const open = alarms.data?.total ?? 0;
  const count = offline.data?.total ?? 0;
  return {
    alarms: { count: open, label: t("alarms.open", { count: open }), isUrgent: true },
    sites: { count, label: t("shell.boxesOffline", { count }), isUrgent: true },
  };
}
