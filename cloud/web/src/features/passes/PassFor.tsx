/** For whom a pass is: the plate first, then the car and the person. */

import { Fragment } from "react";

import { Plate } from "@/shared/ui/Plate";
import type { PassRow } from "./api";

export function PassFor({ pass }: { pass: Pick<PassRow, "plates" | "vehicle" | "holder"> }) {
  const words = [pass.vehicle, pass.holder].filter(Boolean).join(", ");
  return (
    <>
      {pass.plates.map((plate) => (
        <Fragment key={plate}>
          <Plate canonical={plate} />{" "}
        </Fragment>
      ))}
      {words}
    </>
  );
}
