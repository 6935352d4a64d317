/** Counters beside the sections: what wants attention now. */

import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";

import { answer, api } from "@/shared/api/client";
import { ofComplex } from "@/shared/complex/complex";
import { useComplex } from "@/shared/complex/useComplex";
import { useMay } from "@/shared/session/me";

interface CounterValue {
  count: number;
  label: string;
  isUrgent: boolean;
}

export function useCounters(): Partial<Record<string, CounterValue>> {
  const { t } = useTranslation();
  const may = useMay();
  const complex = useComplex();
  const here = ofComplex({ complex });
  const offline = useQuery({
    queryKey: ["boxes", "offline", complex],
    queryFn: () => answer(api.GET("/api/boxes", { params: { query: { online: false, page_size: 1, ...here } } })),
    enabled: may("sites.read"),
  });
  const alarms = useQuery({
    queryKey: ["alarms", "open", complex],
    queryFn: () => answer(api.GET("/api/alarms", { params: { query: { state: ["open"], page_size: 1, ...here } } })),
    enabled: may("alarms.read"),
  });
  const open = alarms.data?.total ?? 0;
  const count = offline.data?.total ?? 0;
  return {
    alarms: { count: open, label: t("alarms.open", { count: open }), isUrgent: true },
    sites: { count, label: t("shell.boxesOffline", { count }), isUrgent: true },
  };
}
