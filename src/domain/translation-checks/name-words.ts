/**
 * Capitalised words that are translated inside of names, folded as `folded` does: countries, days and months, offices, institutions, directions.
 * A name with one of them is not expected to be carried over. By no means all; what is missing costs a false alarm of low weight.
 */
const TRANSLATED: Readonly<Record<string, string>> = {
  en: `monday tuesday wednesday thursday friday saturday sunday january february march april may june july august september
    october november december north south east west northern southern eastern western central united new great old grand saint
    st kingdom states state union republic america american british britain english england scottish scotland welsh wales irish
    ireland french france german germany spanish spain italian italy russian russia chinese china japanese japan korean
    korea european europe african africa asian asia arab latin white black red house home court church chapel
    cathedral street avenue road square park garden bridge river lake sea ocean island islands mount mountain bay beach city
    town village county district province prime minister ministry president vice secretary general senator congress senate
    parliament assembly government governor mayor king queen prince princess duke pope bishop archbishop reverend father sister
    captain capt colonel officer officers police army navy air force forces security council committee commission department
    office agency authority bureau national international federal royal supreme high world war wars peace day week month year years
    christmas easter olympic olympics games cup league championship championships university college school academy institute
    library museum hospital bank company act law bill care health affordable party labour conservative democrat democrats democratic
    republican republicans members member chief executive director chairman chairwoman professor doctor mr mrs ms miss sir
    lord lady mother uncle aunt first second third bible god earth sun moon internet press media news times fashion design
    presiding first`,
  fr: `lundi mardi mercredi jeudi vendredi samedi dimanche nord sud est ouest grande grand saint sainte royaume etats unis union
    republique amerique angleterre ecosse galles irlande france allemagne espagne italie russie chine japon coree europe afrique asie
    maison blanche cour suprême eglise rue avenue place parc pont riviere lac mer ocean ile iles mont baie plage ville pays
    premier ministre president secretaire general senat congres parlement assemblee gouvernement gouverneur maire roi reine
    prince duc pape pere capitaine police armee conseil comite commission nations national internationale mondiale guerre
    noel jeux olympiques coupe ligue universite college ecole musee hopital banque loi parti membres directeur monsieur madame
    nouvelle nouveau bretagne`,
  es: `norte sur este oeste gran nuevo nueva san santa reino unido estados unidos union republica america inglaterra escocia gales
    irlanda francia alemania espana italia rusia china japon corea europa africa asia casa blanca corte tribunal supremo supremo iglesia
    calle avenida plaza parque puente rio lago mar oceano isla islas monte bahia playa ciudad primer ministro presidente
    secretario general senado congreso parlamento asamblea gobierno gobernador alcalde rey reina principe duque papa padre capitan
    policia ejercito consejo comite comision naciones nacional internacional mundial guerra navidad juegos olimpicos copa liga universidad
    colegio escuela museo hospital banco ley partido miembros miembro director senor senora semana moda salud asequible bretana
    ayuntamiento caso cuidado comunidad ee uu`,
  it: `nord sud est ovest gran nuovo nuova san santa regno unito stati uniti unione repubblica america inghilterra scozia galles
    irlanda francia germania spagna italia russia cina giappone corea europa africa asia casa bianca corte suprema chiesa via viale
    piazza parco ponte fiume lago mare oceano isola isole monte baia spiaggia citta primo ministro presidente segretario generale
    senato congresso parlamento assemblea governo governatore sindaco re regina principe duca papa padre capitano polizia esercito
    consiglio comitato commissione nazioni nazionale internazionale mondiale guerra natale giochi olimpici coppa lega universita
    scuola museo ospedale banca legge partito membri direttore signor signora settimana moda bretagna`,
};

const known = new Map<string, ReadonlySet<string> | null>();

/** The capitalised words of a language that are translated; null where they are not known, or every noun is capitalised. */
export function translatedNameWords(language: string): ReadonlySet<string> | null {
  const cached = known.get(language);
  if (cached !== undefined) return cached;
  const list = TRANSLATED[language];
  const words = list === undefined ? null : new Set(list.normalize('NFD').replace(/\p{M}/gu, '').split(/\s+/));
  known.set(language, words);
  return words;
}
