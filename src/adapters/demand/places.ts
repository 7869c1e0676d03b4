import type { Place } from '../../domain/traffic/index.ts';

/** Part of a country's users, put at one place. The weights of a country add up to 1. */
export interface UsersPlace extends Place {
  readonly part: string | null;
  readonly weight: number;
}

const at = (latitude: number, longitude: number): readonly UsersPlace[] => [{ part: null, weight: 1, latitude, longitude }];

const parts = (...given: readonly (readonly [part: string, weight: number, latitude: number, longitude: number])[]): readonly UsersPlace[] =>
  given.map(([part, weight, latitude, longitude]) => ({ part, weight, latitude, longitude }));

/**
 * Where a country's users are, by Front Door's ClientCountry. Wide countries are split by where their people live, rounded
 * from their censuses; others stand at their most populous area. Good enough to rank regions for most users, and no more.
 */
export const usersByCountry: Readonly<Record<string, readonly UsersPlace[]>> = {
  'United States': parts(['northeast', 0.3, 40.7, -75.5], ['southeast', 0.22, 33, -83], ['central', 0.25, 39, -93], ['west', 0.23, 36.5, -119]),
  Canada: parts(['east', 0.68, 44.6, -77], ['west', 0.32, 50, -117]),
  Brazil: parts(['south', 0.65, -23, -47], ['north', 0.35, -9, -38]),
  Australia: parts(['east', 0.88, -34.5, 149], ['west', 0.12, -32, 116]),
  Russia: parts(['west', 0.8, 56, 40], ['east', 0.2, 56, 88]),
  China: parts(['east', 0.75, 31, 117], ['west', 0.25, 29.5, 105]),
  India: parts(['north', 0.5, 27, 79], ['south', 0.5, 15, 77]),
  Argentina: at(-34.6, -58.4), Austria: at(48.2, 16.4), Bangladesh: at(23.8, 90.4), Belgium: at(50.8, 4.4), Bulgaria: at(42.7, 23.3), Chile: at(-33.4, -70.7),
  Colombia: at(4.7, -74.1), Croatia: at(45.8, 16), Czechia: at(50.1, 14.4), 'Czech Republic': at(50.1, 14.4), Denmark: at(55.7, 12.6), Egypt: at(30, 31.2),
  Estonia: at(59.4, 24.7), Finland: at(60.2, 24.9), France: at(48.5, 2.5), Germany: at(50.5, 9.5), Greece: at(38, 23.7), 'Hong Kong': at(22.3, 114.2),
  'Hong Kong SAR': at(22.3, 114.2), Hungary: at(47.5, 19), Indonesia: at(-6.5, 107), Ireland: at(53.3, -6.3), Israel: at(32.1, 34.8), Italy: at(43.5, 11),
  Japan: at(35.5, 138.5), Kenya: at(-1.3, 36.8), Korea: at(37.3, 127), 'South Korea': at(37.3, 127), 'Republic of Korea': at(37.3, 127), Latvia: at(56.9, 24.1),
  Lithuania: at(54.7, 25.3), Luxembourg: at(49.6, 6.1), Malaysia: at(3.1, 101.7), Mexico: at(19.8, -99.5), Morocco: at(33.6, -7.6), Netherlands: at(52.2, 5),
  'New Zealand': at(-38, 175.5), Nigeria: at(7.5, 4.5), Norway: at(60, 10.5), Pakistan: at(30, 71), Peru: at(-12, -77), Philippines: at(14.6, 121), Poland: at(51.8, 19.5),
  Portugal: at(39.5, -8.7), Qatar: at(25.3, 51.5), Romania: at(44.4, 26.1), 'Saudi Arabia': at(24, 44), Serbia: at(44.8, 20.5), Singapore: at(1.35, 103.8),
  Slovakia: at(48.3, 18.5), Slovenia: at(46.1, 14.5), 'South Africa': at(-27, 28.5), Spain: at(40.4, -3), Sweden: at(59, 16.5), Switzerland: at(47.2, 8.2),
  Taiwan: at(24.5, 121), Thailand: at(13.8, 100.5), Turkey: at(40, 31), Türkiye: at(40, 31), Ukraine: at(49.5, 31), 'United Arab Emirates': at(25, 55),
  'United Kingdom': at(52.3, -1.2), Vietnam: at(15, 107),
};
