/** A vehicle's plate, drawn like the metal one so that the eye finds it. */

import { Text } from "@mantine/core";

import { plateParts } from "@/shared/format/plates";
import classes from "./Plate.module.css";

/** `fit`: as large as the text around it. */
export function Plate({ canonical, size = "sm" }: { canonical: string; size?: "sm" | "lg" | "fit" }) {
  const parts = plateParts(canonical);
  return (
    <Text span className={classes["plate"]} data-plate={canonical} data-size={size}>
      <span className={classes["main"]}>{parts?.main ?? canonical}</span>
      {parts && <span className={classes["region"]}>{parts.region}</span>}
    </Text>
  );
}
