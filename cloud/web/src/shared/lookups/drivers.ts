/** Kinds of devices that boxes know, with the form of each; titles come in the language of the page. */

import { queryOptions, useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";

import { answer, api } from "@/shared/api/client";
import type { components } from "@/shared/api/schema";

export type Driver = components["schemas"]["DriverCard"];
export type DriverField = components["schemas"]["DriverField"];
export type DeviceRole = Driver["role"];

const driversQuery = (language: string) =>
  queryOptions({ queryKey: ["drivers", language], queryFn: () => answer(api.GET("/api/device-drivers")), staleTime: Infinity });

/** `isAllowed`: whoever may not read sites is not told. */
export function useDrivers(isAllowed = true) {
  const { i18n } = useTranslation();
  return useQuery({ ...driversQuery(i18n.language), enabled: isAllowed });
}
