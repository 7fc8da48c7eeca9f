// The demo platform's clinics and people: three near each other in Moscow, three in Warsaw, so that
// a patient who waits can be offered another one. Data only; numbers and addresses belong to
// nobody, and the demo is made only where nothing is sent.

export const PLATFORM = { name: 'Zdrav.demo', locale: 'ru', policy_preset: 'recommended' };

/** @typedef {{key: string, name: string, role: string, position?: string, email: string,
 *   locale?: string, practitioner?: string}} Agent */

export const STAFF = [
  { key: 'moderator', role: 'moderator', name: 'Ольга Ветрова', email: 'moderator@zdrav.example',
    locale: 'ru' },
  { key: 'manager', role: 'manager', name: 'Piotr Lis', email: 'manager@zdrav.example',
    locale: 'pl' },
];

/** @param {number[]} days Monday is 1 @param {...[string, string]} periods */
const open = (days, ...periods) => days.flatMap((day) =>
  periods.map(([from, to]) => ({ day, from, to })));
const WORKDAYS = [1, 2, 3, 4, 5];

/** `holidays` are days of every year; `absences` begin and end so many days from now. */
export const CLINICS = [
  {
    key: 'moscow',
    clinic: {
      name: 'Астра', zone: 'Europe/Moscow', tier: 'premium', locale: 'ru', phone: '+74950000100',
      email: 'info@astra.example', address: 'Москва, Садовая улица, 12', lat: 55.7652, lon: 37.6051,
    },
    representative: {
      name: 'Марина Соколова', position: 'менеджер по качеству', email: 'marina@astra.example',
    },
    agents: [
      { key: 'representative', role: 'representative', name: 'Марина Соколова',
        position: 'менеджер по качеству', email: 'marina@astra.example' },
      { key: 'administrator', role: 'administrator', name: 'Денис Орлов',
        position: 'администратор', email: 'denis@astra.example' },
      { key: 'doctor', role: 'doctor', name: 'Ирина Лебедева', position: 'терапевт',
        email: 'irina@astra.example', practitioner: 'lebedeva' },
      { key: 'assistant', role: 'assistant', name: 'Юлия Белова', position: 'ассистент',
        email: 'yulia@astra.example' },
      { key: 'assistant2', role: 'assistant', name: 'Олег Чернов', position: 'ассистент',
        email: 'oleg@astra.example' },
    ],
    practitioners: [
      { key: 'lebedeva', name: 'Ирина Лебедева', services: ['Прием терапевта', 'УЗИ'] },
      { key: 'gromov', name: 'Алексей Громов', services: ['Прием стоматолога', 'Имплантация'] },
      { key: 'kim', name: 'Виктория Ким', services: ['Прием дерматолога'] },
    ],
    hours: [...open(WORKDAYS, ['08:00', '13:00'], ['14:00', '20:00']), ...open([6], ['09:00',
      '15:00'])],
    holidays: ['01-01', '01-02', '01-07', '02-23', '03-08', '05-01', '05-09', '06-12', '11-04'],
    absences: [{ practitioner: 'kim', from: -2, to: 5 }, { practitioner: 'gromov', from: -44,
      to: -38 }],
  },
  {
    key: 'warsaw',
    clinic: {
      name: 'Wisła Med', zone: 'Europe/Warsaw', tier: 'premium', locale: 'pl',
      phone: '+48220000100', email: 'kontakt@wislamed.example',
      address: 'Warszawa, ul. Ogrodowa 7', lat: 52.2402, lon: 20.9945,
    },
    representative: {
      name: 'Anna Kowalska', position: 'koordynatorka pacjentów', email: 'anna@wislamed.example',
    },
    agents: [
      { key: 'representative', role: 'representative', name: 'Anna Kowalska',
        position: 'koordynatorka pacjentów', email: 'anna@wislamed.example' },
      { key: 'administrator', role: 'administrator', name: 'Tomasz Zieliński',
        position: 'recepcjonista', email: 'tomasz@wislamed.example' },
      { key: 'doctor', role: 'doctor', name: 'Marek Wójcik', position: 'kardiolog',
        email: 'marek@wislamed.example', practitioner: 'wojcik' },
      { key: 'assistant', role: 'assistant', name: 'Ewa Mazur', position: 'asystentka',
        email: 'ewa@wislamed.example' },
    ],
    practitioners: [
      { key: 'wojcik', name: 'Marek Wójcik', services: ['Konsultacja kardiologiczna', 'EKG'] },
      { key: 'nowak', name: 'Katarzyna Nowak', services: ['Konsultacja dermatologiczna'] },
    ],
    hours: [...open(WORKDAYS, ['07:30', '19:00']), ...open([6], ['08:00', '13:00'])],
    holidays: ['01-01', '01-06', '05-01', '05-03', '08-15', '11-01', '11-11', '12-25', '12-26'],
    absences: [{ practitioner: 'nowak', from: 9, to: 16 }],
  },
  {
    key: 'clover',
    clinic: {
      name: 'Белый клевер', zone: 'Europe/Moscow', tier: 'basic', locale: 'ru',
      phone: '+74950000200', email: 'info@klever.example', address: 'Москва, Мятный переулок, 3',
      lat: 55.7611, lon: 37.6189,
    },
    agents: [
      { key: 'representative', role: 'representative', name: 'Нина Рощина',
        position: 'главный врач', email: 'nina@klever.example' },
      { key: 'administrator', role: 'administrator', name: 'Глеб Титов',
        position: 'администратор', email: 'gleb@klever.example' },
    ],
    practitioners: [
      { key: 'roshchina', name: 'Нина Рощина', services: ['Прием стоматолога', 'Имплантация'] },
    ],
    hours: open(WORKDAYS, ['10:00', '18:00']),
    holidays: ['01-01', '01-07'],
    absences: [],
  },
  {
    key: 'liniya',
    clinic: {
      name: 'Линия здоровья', zone: 'Europe/Moscow', tier: 'premium', locale: 'ru',
      phone: '+74950000300', email: 'info@liniya.example', address: 'Москва, Речная улица, 28',
      lat: 55.7716, lon: 37.6322,
    },
    agents: [
      { key: 'representative', role: 'representative', name: 'Павел Зорин',
        position: 'директор', email: 'pavel@liniya.example' },
      { key: 'administrator', role: 'administrator', name: 'Алина Юсупова',
        position: 'администратор', email: 'alina@liniya.example' },
    ],
    practitioners: [
      { key: 'zorin', name: 'Павел Зорин', services: ['Прием стоматолога', 'Имплантация'] },
      { key: 'vlasova', name: 'Мария Власова', services: ['Прием дерматолога',
        'Прием терапевта', 'УЗИ'] },
    ],
    hours: open([...WORKDAYS, 6, 7], ['09:00', '21:00']),
    holidays: ['01-01'],
    absences: [],
  },
  {
    key: 'debowa',
    clinic: {
      name: 'Gabinet Dębowa', zone: 'Europe/Warsaw', tier: 'basic', locale: 'pl',
      phone: '+48220000200', email: 'gabinet@debowa.example',
      address: 'Warszawa, ul. Dębowa 15', lat: 52.2331, lon: 21.0106,
    },
    agents: [
      { key: 'representative', role: 'representative', name: 'Jan Dąbrowski',
        position: 'lekarz', email: 'jan@debowa.example' },
    ],
    practitioners: [
      { key: 'dabrowski', name: 'Jan Dąbrowski', services: ['Konsultacja dermatologiczna'] },
    ],
    hours: open([1, 3, 5], ['12:00', '18:00']),
    holidays: ['01-01', '01-06'],
    absences: [],
  },
  {
    key: 'praga',
    clinic: {
      name: 'Centrum Praga', zone: 'Europe/Warsaw', tier: 'premium', locale: 'pl',
      phone: '+48220000300', email: 'kontakt@centrumpraga.example',
      address: 'Warszawa, ul. Brzozowa 40', lat: 52.2519, lon: 21.0367,
    },
    agents: [
      { key: 'representative', role: 'representative', name: 'Zofia Krawczyk',
        position: 'kierowniczka', email: 'zofia@centrumpraga.example' },
      { key: 'administrator', role: 'administrator', name: 'Adam Pawlak',
        position: 'recepcjonista', email: 'adam@centrumpraga.example' },
    ],
    practitioners: [
      { key: 'krawczyk', name: 'Zofia Krawczyk', services: ['Konsultacja dermatologiczna'] },
      { key: 'lewandowska', name: 'Iga Lewandowska', services: ['Konsultacja kardiologiczna',
        'EKG'] },
    ],
    hours: open(WORKDAYS, ['08:00', '20:00']),
    holidays: ['01-01', '01-06', '12-25'],
    absences: [],
  },
];
