import type { Place } from './greatCircle.ts';

/**
 * Where the people of a country are, by the name that Front Door's ClientCountry has (ISO 3166 short names): the centre of
 * population, which in wide countries is far from the middle of the map. Degrees, rounded to one.
 */
const places: Readonly<Record<string, readonly [number, number]>> = {
  'afghanistan': [35, 68], 'albania': [41, 20], 'algeria': [36, 3], 'angola': [-10, 15], 'argentina': [-34, -61], 'armenia': [40, 45], 'australia': [-34, 147], 'austria': [48, 15], 'azerbaijan': [40, 49],
  'bahrain': [26, 51], 'bangladesh': [24, 90], 'belarus': [54, 28], 'belgium': [51, 4], 'benin': [7, 2], 'bolivia': [-17, -66], 'bosnia and herzegovina': [44, 18], 'botswana': [-24, 26], 'brazil': [-18, -46], 'bulgaria': [43, 25],
  'burkina faso': [12, -2], 'cambodia': [12, 105], 'cameroon': [5, 11], 'canada': [47, -88], 'chile': [-34, -71], 'china': [33, 113], 'colombia': [5, -75], 'congo': [-4, 15], 'costa rica': [10, -84], "côte d'ivoire": [6, -5],
  'croatia': [45, 16], 'cuba': [22, -80], 'cyprus': [35, 33], 'czechia': [50, 15], 'democratic republic of the congo': [-4, 23], 'denmark': [56, 11], 'dominican republic': [19, -70], 'ecuador': [-2, -79], 'egypt': [30, 31], 'el salvador': [14, -89],
  'estonia': [59, 25], 'ethiopia': [9, 39], 'finland': [61, 25], 'france': [47, 3], 'georgia': [42, 44], 'germany': [51, 9], 'ghana': [6, -1], 'greece': [38, 23], 'guatemala': [15, -91], 'honduras': [15, -87], 'hong kong': [22, 114],
  'hungary': [47, 19], 'iceland': [64, -22], 'india': [23, 80], 'indonesia': [-7, 110], 'iran': [34, 52], 'iraq': [33, 44], 'ireland': [53, -7], 'israel': [32, 35], 'italy': [43, 12], 'jamaica': [18, -77], 'japan': [36, 138], 'jordan': [32, 36],
  'kazakhstan': [46, 71], 'kenya': [-1, 37], 'kuwait': [29, 48], 'kyrgyzstan': [42, 74], 'latvia': [57, 24], 'lebanon': [34, 36], 'libya': [32, 15], 'lithuania': [55, 24], 'luxembourg': [50, 6], 'macao': [22, 114], 'madagascar': [-19, 47],
  'malawi': [-14, 34], 'malaysia': [4, 103], 'mali': [13, -7], 'malta': [36, 14], 'mauritius': [-20, 58], 'mexico': [20, -100], 'moldova': [47, 29], 'mongolia': [48, 107], 'montenegro': [43, 19], 'morocco': [33, -7], 'mozambique': [-18, 36],
  'myanmar': [19, 96], 'namibia': [-20, 17], 'nepal': [27, 85], 'netherlands': [52, 5], 'new zealand': [-38, 175], 'nicaragua': [12, -86], 'niger': [14, 6], 'nigeria': [8, 7], 'north macedonia': [42, 21], 'norway': [61, 10], 'oman': [23, 58],
  'pakistan': [31, 72], 'panama': [9, -80], 'paraguay': [-25, -57], 'peru': [-10, -77], 'philippines': [13, 122], 'poland': [52, 19], 'portugal': [40, -9], 'puerto rico': [18, -66], 'qatar': [25, 51], 'romania': [46, 26], 'russia': [55, 49],
  'rwanda': [-2, 30], 'saudi arabia': [24, 45], 'senegal': [15, -16], 'serbia': [44, 21], 'singapore': [1, 104], 'slovakia': [49, 19], 'slovenia': [46, 15], 'somalia': [4, 45], 'south africa': [-27, 28], 'south korea': [37, 127], 'spain': [40, -3],
  'sri lanka': [7, 80], 'sudan': [14, 32], 'sweden': [59, 16], 'switzerland': [47, 8], 'syria': [35, 37], 'taiwan': [24, 121], 'tajikistan': [38, 69], 'tanzania': [-6, 35], 'thailand': [14, 101], 'togo': [7, 1], 'trinidad and tobago': [10, -61],
  'tunisia': [36, 10], 'turkey': [39, 33], 'turkmenistan': [38, 59], 'uganda': [1, 32], 'ukraine': [49, 31], 'united arab emirates': [25, 55], 'united kingdom': [52, -1], 'united states': [37, -92], 'uruguay': [-34, -56],
  'uzbekistan': [40, 67], 'venezuela': [10, -68], 'vietnam': [16, 107], 'yemen': [15, 45], 'zambia': [-14, 28], 'zimbabwe': [-19, 30],
};

/** Other spellings of ISO 3166 and of Azure's own dimension values. */
const otherNames: Readonly<Record<string, string>> = {
  'bolivia (plurinational state of)': 'bolivia', 'czech republic': 'czechia', 'hong kong sar': 'hong kong', 'iran (islamic republic of)': 'iran', 'ivory coast': "côte d'ivoire", 'korea': 'south korea', 'korea, republic of': 'south korea',
  'republic of korea': 'south korea', 'macao sar': 'macao', 'macau': 'macao', 'republic of moldova': 'moldova', 'russian federation': 'russia', 'syrian arab republic': 'syria', 'taiwan, province of china': 'taiwan', 'tanzania, united republic of': 'tanzania',
  'the netherlands': 'netherlands', 'türkiye': 'turkey', 'turkiye': 'turkey', 'uk': 'united kingdom', 'united kingdom of great britain and northern ireland': 'united kingdom', 'united states of america': 'united states', 'usa': 'united states',
  'venezuela (bolivarian republic of)': 'venezuela', 'viet nam': 'vietnam', 'congo, the democratic republic of the': 'democratic republic of the congo',
};

/** Null for a country that the table does not know. */
export function placeOfCountry(country: string): Place | null {
  const name = country.trim().toLowerCase();
  const place = places[otherNames[name] ?? name];
  return place === undefined ? null : { latitude: place[0], longitude: place[1] };
}
