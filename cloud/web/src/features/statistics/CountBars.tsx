/** Passages as stacked bars: let in, let out, refused; the same numbers as a table for whoever hears the page. */

import { Group, Table, Text, VisuallyHidden } from "@mantine/core";
import { useElementSize } from "@mantine/hooks";
import { useTranslation } from "react-i18next";

import { formatNumber } from "@/shared/format/numbers";
import { textScale } from "@/shared/ui/textScale";
import type { Counted } from "./api";
import { isNamed, linesOf } from "./bars";
import classes from "./CountBars.module.css";

export interface Bar extends Counted {
  /** Below the bar. */
  name: string;
  /** On hover, and in the table. */
  title: string;
}

const PARTS = ["entered", "left", "denied"] as const;
const HEIGHT = 200;
/** Of words beside the bars, px of a text of the usual size. */
const LEFT = 44;
const BELOW = 22;
const NAME_PX = 56;

export function CountBars({ label, bars }: { label: string; bars: readonly Bar[] }) {
  const { t, i18n } = useTranslation();
  const { ref, width } = useElementSize();
  const most = Math.max(0, ...bars.map((bar) => bar.entered + bar.left + bar.denied));
  const lines = linesOf(most);
  const top = lines.at(-1) ?? 1;
  const scale = textScale();
  const [left, below, name] = [LEFT * scale, BELOW * scale, NAME_PX * scale];
  const room = Math.max(0, width - left);
  const step = room / Math.max(1, bars.length);
  const y = (value: number) => HEIGHT - (value / top) * HEIGHT;
  return (
    <div ref={ref}>
      <Group gap="md" mb="xs" aria-hidden>
        {PARTS.map((part) => (
          <Group key={part} gap={6}>
            <span className={`${classes["key"]} ${classes[part]}`} />
            <Text size="xs">{t(`statistics.${part}`)}</Text>
          </Group>
        ))}
      </Group>
      <svg width="100%" height={HEIGHT + below + 8} role="img" aria-label={label} className={classes["chart"]}>
        <g transform={`translate(${left} 8)`}>
          {lines.map((line) => (
            <g key={line}>
              <line x1={0} x2={room} y1={y(line)} y2={y(line)} className={classes["line"]} />
              <text x={-8} y={y(line) + 4 * scale} textAnchor="end">
                {formatNumber(line, i18n.language)}
              </text>
            </g>
          ))}
          {bars.map((bar, index) => (
            <g key={bar.title} transform={`translate(${index * step} 0)`}>
              <title>{`${bar.title}: ${PARTS.map((part) => `${t(`statistics.${part}`).toLocaleLowerCase()} ${bar[part]}`).join(", ")}`}</title>
              <rect width={step} height={HEIGHT} fill="transparent" />
              {PARTS.map((part, at) => {
                const beneath = PARTS.slice(0, at).reduce((sum, other) => sum + bar[other], 0);
                const height = (bar[part] / top) * HEIGHT;
                return <rect key={part} x={step * 0.14} width={step * 0.72} y={y(beneath + bar[part])} height={height} className={classes[part]} />;
              })}
              {isNamed(index, bars.length, Math.max(1, Math.floor(room / name))) && (
                <text x={step / 2} y={HEIGHT + below - 4} textAnchor="middle">
                  {bar.name}
                </text>
              )}
            </g>
          ))}
        </g>
      </svg>
      <VisuallyHidden>
        <Table aria-label={label}>
          <tbody>
            {bars.map((bar) => (
              <tr key={bar.title}>
                <th scope="row">{bar.title}</th>
                {PARTS.map((part) => (
                  <td key={part}>{`${t(`statistics.${part}`)}: ${bar[part]}`}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </Table>
      </VisuallyHidden>
    </div>
  );
}
