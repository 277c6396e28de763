import 'uplot/dist/uPlot.min.css';
import { useComputedColorScheme } from '@mantine/core';
import { useEffect, useRef } from 'react';
import uPlot from 'uplot';
import { useWords } from '../../words/index.ts';
import classes from './day-chart.module.css';

export interface ChartDay {
  readonly day: string;
  readonly issued: number;
  readonly failed: number;
}

const height = 92;

/** Bars of issued cards, day by day; the failed ones stand on top in the colour of stop. */
export function DayChart({ days }: { days: readonly ChartDay[] }) {
  const { t, date, locale } = useWords();
  const scheme = useComputedColorScheme('light');
  const box = useRef<HTMLDivElement>(null);

  useEffect(() => {
    const place = box.current;
    if (!place) return undefined;
    const colour = (name: string) => getComputedStyle(place).getPropertyValue(name).trim();
    const bars = uPlot.paths.bars?.({ size: [0.62, 22], radius: 0.2 });
    const short = new Intl.DateTimeFormat(locale, { month: 'numeric', day: 'numeric', timeZone: 'UTC' });
    const axis: uPlot.Axis = {
      stroke: colour('--ink-3'),
      font: `12px ${colour('--font-sans')}`,
      grid: { show: false },
      ticks: { show: false },
    };
    const chart = new uPlot(
      {
        width: Math.max(200, place.clientWidth),
        height,
        cursor: { show: false },
        legend: { show: false },
        padding: [6, 4, 0, 0],
        scales: {
          x: { time: false, range: () => [-0.7, days.length - 0.3] },
          y: { range: (_chart, _min, max) => [0, Math.max(4, max * 1.15)] },
        },
        axes: [
          {
            ...axis,
            size: 20,
            gap: 2,
            values: (_chart, splits) =>
              splits.map((split) => {
                const day = Number.isInteger(split) ? days[split]?.day : undefined;
                return day === undefined ? '' : short.format(new Date(`${day}T00:00:00Z`));
              }),
          },
          {
            ...axis,
            size: 30,
            gap: 6,
            grid: { stroke: colour('--line'), width: 1 },
            incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000],
          },
        ],
        series: [
          {},
          {
            fill: colour('--vermilion-mark'),
            width: 0,
            ...(bars ? { paths: bars } : {}),
            points: { show: false },
          },
          { fill: colour('--teal'), width: 0, ...(bars ? { paths: bars } : {}), points: { show: false } },
        ],
      },
      [
        days.map((_day, index) => index),
        days.map((day) => day.issued + day.failed),
        days.map((day) => day.issued),
      ],
      place,
    );
    const observer = new ResizeObserver(() => {
      chart.setSize({ width: Math.max(200, place.clientWidth), height });
    });
    observer.observe(place);
    return () => {
      observer.disconnect();
      chart.destroy();
    };
  }, [days, scheme, locale]);

  return (
    <>
      <div ref={box} className={classes.chart} aria-hidden="true" />
      <ul className={classes.hidden} aria-label={t('audit.issuedPerDay')}>
        {days.map((day) => (
          <li key={day.day}>
            {date(day.day)}: {day.issued}
          </li>
        ))}
      </ul>
    </>
  );
}
