/** Which of a site's points a pass opens: all, unless some are chosen. */

import { MultiSelect } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";

import { placesQuery } from "./api";
import { placesOf, pointsAmong } from "./manyDraft";

interface PointsFieldProps {
  siteId: string;
  /** None: every one. */
  points: readonly string[];
  error: string | undefined;
  onChange: (points: string[]) => void;
}

export function PointsField({ siteId, points, error, onChange }: PointsFieldProps) {
  const { t } = useTranslation();
  const places = useQuery({ ...placesQuery([siteId]), enabled: siteId !== "" });
  const known = places.data ?? [];
  const all = known.flatMap((place) => place.points);
  const isEvery = all.every(({ id }) => points.includes(id));
  return (
    <MultiSelect
      searchable
      clearable
      label={t("passes.points")}
      description={t("passes.many.zonesHint")}
      placeholder={isEvery || points.length === 0 ? t("passes.allPoints") : ""}
      nothingFoundMessage={t("list.nothingFound")}
      disabled={places.data === undefined}
      data={placesOf(known, t("passes.many.zones"))}
      value={isEvery ? [] : points.filter((point) => all.some(({ id }) => id === point))}
      error={error ?? places.error?.message}
      onChange={(chosen) => onChange(pointsAmong(chosen, known))}
    />
  );
}
