/** The one place that says which client this is: in the page's meta mark, its footer and every signature. */
export const clientVersion = '1.0.0';
