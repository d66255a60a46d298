/** An aircraft manufacturer, as ICAO codes it and as others write it. */
export interface Maker {
  readonly code: string;
  readonly name: string;
  readonly country: string;
  /** How the FAA's data spells it, over the years. */
  readonly spellings: readonly string[];
}

/** An aircraft type. */
export interface Model {
  readonly designator: string;
  readonly maker: Maker;
  /** As registers name it: the first is the type's own name. */
  readonly names: readonly string[];
  /** The FAA's code of manufacturer and model: digits, at times letters. */
  readonly faaCode: string;
  /** ICAO's short description: land, sea, amphibian, helicopter; engines; their kind. */
  readonly description: string;
  readonly wake: 'L' | 'M' | 'H';
  /** The year of the first one. */
  readonly since: number;
}

const US = 'United States';
const AIRBUS = maker('AIRBUS', 'Airbus', 'France', 'AIRBUS', 'AIRBUS INDUSTRIE', 'Airbus S.A.S.');
const ANTONOV = maker('ANTONOV', 'Антонов', 'Ukraine', 'ANTONOV', 'Antonov State Co.');
const ATR = maker('ATR', 'ATR', 'France', 'ATR', 'AVIONS DE TRANSPORT REGIONAL', 'ATR-GIE');
const BEECH = maker('BEECH', 'Beechcraft', US, 'BEECH', 'Beech Aircraft Corp.', 'HAWKER BEECHCRAFT');
const BELL = maker('BELL', 'Bell', US, 'BELL', 'BELL HELICOPTER TEXTRON', 'Bell Textron Inc.');
const BOEING = maker('BOEING', 'Boeing', US, 'BOEING', 'THE BOEING COMPANY', 'Boeing Co.');
const CESSNA = maker('CESSNA', 'Cessna', US, 'CESSNA', 'Cessna Aircraft Co.', 'TEXTRON AVIATION INC');
const CIRRUS = maker('CIRRUS', 'Cirrus', US, 'CIRRUS DESIGN CORP', 'Cirrus');
const DASSAULT = maker('DASSAULT', 'Dassault Aviation', 'France', 'DASSAULT', 'DASSAULT-BREGUET');
const DHC = maker(
  'DE HAVILLAND CANADA',
  'de Havilland Canada',
  'Canada',
  'DEHAVILLAND',
  'DE HAVILLAND INC',
  'Bombardier Inc.',
);
const DIAMOND = maker(
  'DIAMOND',
  'Diamond',
  'Österreich',
  'DIAMOND AIRCRAFT IND INC',
  'Diamond',
  'DIAMOND AIRCRAFT IND GMBH',
);
const EMBRAER = maker(
  'EMBRAER',
  'Embraer',
  'Brasil',
  'EMBRAER',
  'EMBRAER S A',
  'Empresa Brasileira de Aeronáutica',
);
const EUROCOPTER = maker(
  'EUROCOPTER',
  'Eurocopter',
  'France',
  'EUROCOPTER',
  'AIRBUS HELICOPTERS',
  'Aérospatiale',
);
const GULFSTREAM = maker('GULFSTREAM AEROSPACE', 'Gulfstream', US, 'GULFSTREAM AEROSPACE', 'Gulfstream');
const LET = maker('LET', 'Let Kunovice', 'Česko', 'LET', 'LET N.P.', 'Let, a.s.');
const MOONEY = maker('MOONEY', 'Mooney', US, 'MOONEY', 'Mooney Aircraft Corp.');
const PILATUS = maker(
  'PILATUS',
  'Pilatus',
  'Switzerland',
  'PILATUS',
  'PILATUS AIRCRAFT LTD',
  'Pilatus Flugzeugwerke',
);
const PIPER = maker('PIPER', 'Piper', US, 'PIPER', 'Piper Aircraft Inc', 'NEW PIPER AIRCRAFT INC');
const ROBINSON = maker('ROBINSON', 'Robinson', US, 'ROBINSON HELICOPTER', 'Robinson Helicopter Co.');
const SCHLEICHER = maker(
  'SCHLEICHER',
  'Alexander Schleicher',
  'Germany',
  'SCHLEICHER ALEXANDER',
  'Schleicher',
);
const VANS = maker("VAN'S", "Van's Aircraft", US, "VAN'S AIRCRAFT", 'VANS', "Van's");

/** The types that the modelled fleet consists of. */
export const MODELS: readonly Model[] = [
  model('A20N', AIRBUS, '3930331', 'L2J', 'M', 2014, 'A320-251N', 'A320-271N'),
  model('A320', AIRBUS, '3930311', 'L2J', 'M', 1988, 'A320', 'A320-214', 'A320-232'),
  model('A359', AIRBUS, '39306K1', 'L2J', 'H', 2013, 'A350-941'),
  model('AN2', ANTONOV, '0490102', 'L1P', 'L', 1949, 'An-2', 'AN-2TP'),
  model('AS50', EUROCOPTER, '3260602', 'H1T', 'L', 1977, 'AS 350 Écureuil', 'AS350B2', 'AS350B3'),
  model('AS20', SCHLEICHER, '77800Q4', 'L0-', 'L', 1977, 'ASW 20', 'ASW-20'),
  model('AT76', ATR, '0660405', 'L2T', 'M', 2009, 'ATR 72-600', 'ATR 72-212A'),
  model('B06', BELL, '1180802', 'H1T', 'L', 1967, '206 JetRanger', '206B', '206B-3'),
  model('B738', BOEING, '1384405', 'L2J', 'M', 1998, '737-800', '737-8K5', '737-8AS'),
  model('B77W', BOEING, '1384738', 'L2J', 'H', 2003, '777-300ER', '777-3F2ER'),
  model('B789', BOEING, '1384822', 'L2J', 'H', 2013, '787-9'),
  model('BE20', BEECH, '1152914', 'L2T', 'L', 1974, '200 Super King Air', 'B200', '200'),
  model('BE36', BEECH, '1152020', 'L1P', 'L', 1968, '36 Bonanza', 'A36', 'G36'),
  model('C152', CESSNA, '2071702', 'L1P', 'L', 1977, '152', 'A152'),
  model('C172', CESSNA, '2072738', 'L1P', 'L', 1956, '172 Skyhawk', '172S', '172N', '172M'),
  model('C182', CESSNA, '2073438', 'L1P', 'L', 1956, '182 Skylane', '182T', '182P'),
  model('C208', CESSNA, '2077702', 'L1T', 'L', 1984, '208 Caravan', '208B'),
  model('C56X', CESSNA, '2076412', 'L2J', 'M', 1998, '560XL Citation Excel', '560XL'),
  model('DA40', DIAMOND, '3120102', 'L1P', 'L', 1997, 'DA 40', 'DA 40 NG'),
  model('DA42', DIAMOND, '3120204', 'L2P', 'L', 2004, 'DA 42', 'DA 42 NG'),
  model('DH8D', DHC, '3021008', 'L2T', 'M', 1999, 'DHC-8-400 Dash 8', 'DHC-8-402'),
  model('E190', EMBRAER, '3260419', 'L2J', 'M', 2004, 'ERJ-190', 'ERJ 190-100 IGW'),
  model('F900', DASSAULT, '2810903', 'L3J', 'M', 1986, 'Falcon 900', 'MYSTERE FALCON 900'),
  model('GLF5', GULFSTREAM, '3980119', 'L2J', 'M', 1996, 'G-V', 'GV-SP (G550)'),
  model('L13', LET, '5510113', 'L0-', 'L', 1958, 'L-13 Blaník', 'L 13'),
  model('M20P', MOONEY, '5870420', 'L1P', 'L', 1955, 'M-20', 'M20J', 'M20C'),
  model('P28A', PIPER, '7102808', 'L1P', 'L', 1961, 'PA-28 Cherokee', 'PA-28-161', 'PA-28-181'),
  model('P28R', PIPER, '7102816', 'L1P', 'L', 1967, 'PA-28R Arrow', 'PA-28R-201'),
  model('PA34', PIPER, '7103404', 'L2P', 'L', 1971, 'PA-34 Seneca', 'PA-34-200T'),
  model('PC12', PILATUS, '7060112', 'L1T', 'L', 1994, 'PC-12', 'PC-12/47E'),
  model('R22', ROBINSON, '7720122', 'H1P', 'L', 1979, 'R22', 'R22 BETA'),
  model('R44', ROBINSON, '7720144', 'H1P', 'L', 1992, 'R44 Raven', 'R44 II'),
  model('RV7', VANS, '056130Y', 'L1P', 'L', 2001, 'RV-7', "VAN'S RV-7A"),
  model('SR22', CIRRUS, '1930222', 'L1P', 'L', 2000, 'SR-22', 'SR22', 'SR22T'),
];

/** The makers of the types. */
export const MAKERS: readonly Maker[] = [...new Set(MODELS.map((each) => each.maker))];

/** The kind of engine that a description's last letter stands for. */
export function engineType({ description }: Model): string {
  return { P: 'Piston', T: 'Turboprop/Turboshaft', J: 'Jet' }[description.charAt(2)] ?? 'None';
}

function maker(code: string, name: string, country: string, ...spellings: string[]): Maker {
  return { code, name, country, spellings };
}

function model(
  designator: string,
  by: Maker,
  faaCode: string,
  description: string,
  wake: Model['wake'],
  since: number,
  ...names: string[]
): Model {
  return { designator, maker: by, names, faaCode, description, wake, since };
}
