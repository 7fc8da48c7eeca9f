-- schema.sql: the stored shape of a desk. Times are milliseconds UTC and end in _at; ids start
-- at 1; 0 or '' where a column says "none". `rev`: the revision that last wrote the row.
-- Only tables that lose their newest rows need autoincrement, which costs a page per insert; a
-- restore loses them of all: whose ids go out has it or a leap of its own (core.restored).
-- Edited freely until the first release; numbered migrations after it.
begin;

create table platform (
    platform_id integer primary key check (platform_id = 1), -- the one row
    name text not null, -- the portal's public name, as texts name it
    base_url text not null, -- where patients reach the pages, without a trailing slash
    locale text not null, -- 'ru', 'pl' or 'en': the portal's own language
    policy_preset text not null, -- 'recommended' or 'literal'
    rev integer not null default 0 -- revision
) strict;

create table policy (
    clinic_id integer not null, -- 0 for the whole platform
    key text not null, -- a key of policy.c
    value integer not null, -- seconds, counts or 0/1, as the key says
    rev integer not null default 0, -- revision
    primary key (clinic_id, key)
) strict, without rowid;

create table clinic (
    clinic_id integer primary key autoincrement, -- id
    external_id text not null default '', -- the platform's own id of the clinic, '' for none
    name text not null, -- public name
    zone text not null, -- IANA time zone, e.g. Europe/Warsaw
    tier text not null, -- 'premium' or 'basic'
    locale text not null, -- language of its notices
    phone text not null default '', -- public number, E.164
    email text not null default '', -- public address
    lat real, -- degrees north
    lon real, -- degrees east
    address text not null default '', -- postal address
    added_at integer not null, -- when it joined
    rev integer not null default 0 -- revision
) strict;
create unique index clinic_external on clinic (external_id) where external_id <> '';

create table service (
    service_id integer primary key autoincrement, -- id
    clinic_id integer not null references clinic, -- where it is performed
    name text not null, -- public name
    rev integer not null default 0, -- revision
    unique (clinic_id, name)
) strict;

create table practitioner (
    practitioner_id integer primary key autoincrement, -- id
    clinic_id integer not null references clinic, -- where they see patients
    name text not null, -- public name
    tier text not null default '', -- 'premium' or 'basic'; '' takes the clinic's
    services text not null default '[]', -- JSON array of the services' names
    rev integer not null default 0 -- revision
) strict;
create index practitioner_clinic on practitioner (clinic_id);

create table opening_hours (
    clinic_id integer not null references clinic, -- whose
    day integer not null, -- 1 Monday to 7 Sunday
    from_minute integer not null, -- minutes after local midnight
    to_minute integer not null, -- first minute that is closed again, at most 1440
    rev integer not null default 0, -- revision
    primary key (clinic_id, day, from_minute)
) strict, without rowid;

create table holiday (
    clinic_id integer not null references clinic, -- whose
    date text not null, -- local date, YYYY-MM-DD
    rev integer not null default 0, -- revision
    primary key (clinic_id, date)
) strict, without rowid;

create table absence (
    absence_id integer primary key autoincrement, -- id
    clinic_id integer not null references clinic, -- whose
    practitioner_id integer references practitioner, -- null for the whole clinic
    from_date text not null, -- first local day, YYYY-MM-DD (B13)
    to_date text not null, -- last local day, inclusive
    removed integer not null default 0, -- 1 once taken back
    rev integer not null default 0 -- revision
) strict;
create index absence_clinic on absence (clinic_id, to_date);

create table agent (
    agent_id integer primary key autoincrement, -- id
    clinic_id integer references clinic, -- null for people of the platform
    practitioner_id integer references practitioner, -- the doctor that this is, null for none
    role text not null, -- representative, doctor, assistant, administrator, moderator, manager
    name text not null, -- as patients read it
    position text not null default '', -- as patients read it
    email text not null default '', -- where sign-in links go
    phone text not null default '', -- E.164
    locale text not null default '', -- language of the cabinet; '' takes the clinic's
    active integer not null default 1, -- 0 after somebody left; nothing is accepted from them
    represents integer not null default 0, -- 1 once name, position and address are known (rule 9)
    notice_email text not null default '', -- where notices of new messages go (rule 16)
    contact_form_email integer not null default 1, -- 0: wants no e-mail about contact forms
    rev integer not null default 0 -- revision
) strict;
create index agent_clinic on agent (clinic_id);
create unique index agent_email on agent (email) where email <> '' and active = 1;

create table review (
    review_id integer primary key autoincrement, -- id
    clinic_id integer not null references clinic, -- the clinic it is about
    practitioner_id integer references practitioner, -- the doctor it is about, null for the clinic
    author_name text not null, -- as published
    author_phone text not null, -- E.164; never leaves the server (sync.c masks it)
    author_email text not null default '', -- second channel for notices, '' for none
    locale text not null, -- the author's language
    rating integer not null, -- 1 to 5 as given; counts only while state is 'published'
    text text not null, -- as published; never changed by the product (rule 23)
    published_at integer not null, -- when the platform published it
    state text not null default 'published', -- 'published' or 'annulled' (machines/review.c)
    label text not null default '', -- 'solved' stands above the review (rule 28)
    annulled_at integer not null default 0, -- when the rating was annulled, 0 for never
    reply text not null default '', -- the clinic's public reply (rule 26)
    replied_at integer not null default 0, -- when it was last written
    reply_agent_id integer references agent, -- by whom
    rev integer not null default 0 -- revision
) strict;
create index review_clinic on review (clinic_id, state, rating);
create index review_clinic_rev on review (clinic_id, rev);
create index review_practitioner on review (practitioner_id, state, rating);

create table review_chat (
    review_chat_id integer primary key autoincrement, -- id
    review_id integer not null unique references review, -- one chat per review for ever (rule 1)
    clinic_id integer not null references clinic, -- the review's clinic
    state text not null default 'draft', -- draft, open, ended (machines/review_chat.c)
    purpose text not null, -- 'solve' or 'thank', never changed (rule 6)
    warning text not null default '', -- the annulment warning as the clinic confirmed it (A03)
    solved_at integer not null default 0, -- when the author declared it solved, 0: never (rule 22)
    muted integer not null default 0, -- 1 while the author gets no notices (rule 18)
    unanswered_count integer not null default 0, -- clinic messages since the author wrote (rule 18)
    opened_at integer not null, -- first message
    ended_at integer not null default 0, -- when the author ended it, 0 for never
    message_count integer not null default 0, -- messages in it
    last_author text not null default '', -- 'clinic' or 'patient', who wrote last
    last_at integer not null default 0, -- when
    last_clinic_at integer not null default 0, -- the clinic's latest message
    mailed_at integer not null default 0, -- latest e-mails to the clinic (rule 16)
    clinic_read_id integer not null default 0, -- newest message that the clinic has seen
    patient_read_id integer not null default 0, -- newest message that the author has seen
    rev integer not null default 0 -- revision
) strict;
create index review_chat_clinic on review_chat (clinic_id, last_at);
create index review_chat_clinic_rev on review_chat (clinic_id, rev);

create table review_chat_agent (
    review_chat_id integer not null references review_chat, -- the chat
    agent_id integer not null references agent, -- who wrote in it and so gets its notices (rule 16)
    rev integer not null default 0, -- revision
    primary key (review_chat_id, agent_id)
) strict, without rowid;

create table message (
    message_id integer primary key, -- id
    item_kind text not null, -- the thread's machine: 'review_chat' or 'contact_form'
    item_id integer not null, -- the thread
    clinic_id integer not null references clinic, -- the thread's clinic
    author text not null, -- 'clinic' or 'patient'
    kind text not null default 'text', -- text, phone (a note for colleagues) or rejection
    agent_id integer references agent, -- who wrote for the clinic
    agent_name text not null default '', -- as it stood then: a later change alters no past message
    agent_position text not null default '', -- likewise
    text text not null, -- what was written
    reason text not null default '', -- of a rejection
    called_at integer not null default 0, -- claimed time of a phone answer, shown, never used (B12)
    sent_at integer not null, -- when it was accepted
    delivery text not null default 'silent', -- silent, queued, sent, ... (machines/delivery.c)
    rev integer not null default 0 -- revision
) strict;
create index message_item on message (item_kind, item_id, message_id);
create index message_clinic_rev on message (clinic_id, rev, item_kind, item_id);

create table contact_form (
    contact_form_id integer primary key, -- id, in order of delivery
    clinic_id integer not null references clinic, -- whom it asks
    practitioner_id integer references practitioner, -- the doctor it asks, null for the clinic
    state text not null default 'draft', -- machines/contact_form.c
    name text not null, -- the patient's, as given; '' once erased
    email text not null, -- where invitations to read go; '' once erased
    phone text not null default '', -- E.164, '' for none
    locale text not null, -- the patient's language
    service text not null default '', -- what it is about, as chosen from the clinic's services
    origin text not null, -- direct, secondary (an offer was accepted) or forwarded (B06, B10)
    origin_id integer not null default 0, -- the form it grew out of, 0 for direct
    root_id integer not null default 0, -- the first form of that chain, 0 for itself
    duplicate_of integer not null default 0, -- an earlier form with the same words, 0 for none
    delivered_at integer not null, -- reached the clinic's list
    read_at integer not null default 0, -- first display to somebody of the clinic (B02), 0: never
    clock_at integer not null, -- what the clocks run from: delivery, reading or a reaction
    clock_read integer not null default 0, -- 1: from a reading, and a later one keeps them
    waiting_since_at integer not null, -- the oldest question without an answer, 0 for none
    answered_at integer not null default 0, -- the first answer, by whatever way (rules 44, 52)
    answer_ms integer, -- answered_at - delivered_at, null while there is none
    absent_ms integer not null default 0, -- of that, the time of absences
    answered_agent_id integer references agent, -- who gave it
    reason text not null default '', -- of the latest rejection
    due_at integer not null default 0, -- when its next clock runs out, 0 for none
    reminded_at integer not null default 0, -- latest reminder since clock_at, 0 for none
    offered_at integer not null default 0, -- when the patient was offered other offices (B06)
    no_office_at integer not null default 0, -- when there was none to offer
    message_count integer not null default 0, -- messages in it
    last_author text not null default '', -- who wrote last
    last_at integer not null default 0, -- when
    last_message_id integer not null default 0, -- which message
    last_clinic_id integer not null default 0, -- the clinic's latest message
    patient_read_id integer not null default 0, -- newest message that the patient has seen
    claim_agent_id integer not null default 0, -- who is answering (B15), 0 for nobody
    claim_until_at integer not null default 0, -- and until when that holds
    bounced integer not null default 0, -- 1: the patient's address does not take mail
    erased_at integer not null default 0, -- when the person was erased, 0 for not
    rev integer not null default 0 -- revision
) strict;
-- What a list filters by stands in its index: a filter that nothing meets looks no row up.
create index contact_form_clinic on contact_form (clinic_id, contact_form_id, state,
    practitioner_id, answered_agent_id, origin, reminded_at, offered_at, delivered_at, answer_ms,
    waiting_since_at);
create index contact_form_waiting on contact_form (clinic_id, waiting_since_at, contact_form_id,
    state, reminded_at, offered_at, origin) where waiting_since_at > 0;
create index contact_form_sample on contact_form (clinic_id, delivered_at, practitioner_id,
    answered_at, answer_ms, absent_ms);
create index contact_form_practitioner_sample on contact_form (practitioner_id, delivered_at,
    answered_at, answer_ms, absent_ms) where practitioner_id is not null;
create index contact_form_email on contact_form (email, contact_form_id) where email <> '';
create index contact_form_phone on contact_form (phone) where phone <> '';
create index contact_form_root on contact_form (root_id) where root_id <> 0;
create index contact_form_clinic_rev on contact_form (clinic_id, rev);

create table draft (
    contact_form_id integer not null references contact_form, -- of which form
    agent_id integer not null references agent, -- whose
    text text not null, -- what is not sent yet
    saved_at integer not null, -- when
    primary key (contact_form_id, agent_id)
) strict, without rowid;
create index draft_agent on draft (agent_id);

create table activity (
    clinic_id integer not null references clinic, -- where
    agent_id integer not null references agent, -- who did it (rule 58)
    at integer not null, -- when
    contact_form_id integer not null references contact_form, -- on which form
    act text not null, -- read, answered, answered_by_phone or rejected
    answer_ms integer, -- since the question that it answers, null for reading
    primary key (clinic_id, agent_id, at, contact_form_id, act)
) strict, without rowid;
create index activity_form on activity (contact_form_id, act, agent_id);

create table push_subscription (
    push_subscription_id integer primary key autoincrement, -- id
    agent_id integer not null references agent, -- whose device
    endpoint text not null unique, -- where its push service takes messages
    p256dh text not null, -- the device's public key
    auth text not null, -- and its shared secret
    label text not null default '', -- how its owner knows it
    added_at integer not null -- when
) strict;
create index push_subscription_agent on push_subscription (agent_id);

create table task (
    task_id integer primary key autoincrement, -- id
    kind text not null, -- bounced_address
    clinic_id integer not null references clinic, -- whom it is about
    agent_id integer not null default 0, -- whose address, 0 for the clinic's own
    address text not null, -- that takes no mail
    error text not null default '', -- in the provider's words
    opened_at integer not null, -- when the platform got it
    closed_at integer not null default 0 -- when it was done, 0 for open
) strict;
create unique index task_open on task (kind, clinic_id, agent_id) where closed_at = 0;

-- What is said, folded for search: rowid is the message. Filled by search.c, behind the writes.
-- Words carry their clinic and part (12x0xword): no search walks another clinic's. Nothing but
-- which word is in which message is kept, and what is taken out leaves no trace in its pages.
create virtual table search using fts5(words, content = '', columnsize = 0, detail = none,
    tokenize = 'ascii');
insert into search (search, rank) values ('secure-delete', 1);

create table search_state (
    search_state_id integer primary key check (search_state_id = 1), -- the one row
    message_id integer not null -- messages up to this one are found
) strict;
insert into search_state values (1, 0);

create table effect (
    effect_id integer primary key, -- id, and the idempotency key towards providers
    kind text not null, -- sms.send, email.send or push.send
    state text not null default 'queued', -- machines/effect.c
    clinic_id integer not null default 0, -- whose notice it is, 0 for the platform's own
    item_kind text not null, -- what it is about
    item_id integer not null, -- which one
    message_id integer references message, -- the message it announces, null for none
    recipient text not null, -- phone in E.164 or e-mail address
    recipient_name text not null default '', -- for the To header
    audience text not null default '', -- patient, agent or clinic: whose address that is
    agent_id integer not null default 0, -- the agent it goes to, 0 for none
    locale text not null, -- language of the texts
    subject text not null default '', -- e-mail's subject
    text text not null, -- with {link} and {code} still to be filled in by the host
    link_id integer references link, -- capability to put into {link}, null for none
    path text not null default '', -- page that {link} leads to
    code_id integer not null default 0, -- code to put into {code}, 0 for none
    fallbacks text not null default '', -- channels still to try, e.g. 'email'
    attempt integer not null default 0, -- times taken
    resends integer not null default 0, -- times sent again after an unknown outcome
    resends_max integer not null, -- how often a duplicate does no harm
    due_at integer not null, -- when it may be taken; while taken, when the lease ends
    deadline_at integer not null, -- after this it is worth nothing
    final integer not null default 0, -- 1: failed for good, no late report revives it
    error text not null default '', -- the provider's last words
    rule integer not null, -- why it exists: rule number
    facts text not null default '{}', -- and the facts used
    created_at integer not null, -- when it was decided
    rev integer not null default 0 -- revision
) strict;
create index effect_queued on effect (due_at, effect_id) where state = 'queued';
create index effect_message on effect (message_id) where message_id is not null;
create index effect_item on effect (item_kind, item_id) where message_id is null;

create table provider_message (
    channel text not null, -- sms or email
    provider_id text not null, -- the provider's id of one part
    effect_id integer not null references effect, -- whose part it is
    status text not null default 'sent', -- sent, delivered, read, failed
    primary key (channel, provider_id)
) strict, without rowid;
create index provider_message_effect on provider_message (effect_id);

create table parked_report (
    parked_report_id integer primary key, -- id
    channel text not null, -- sms or email
    provider_id text not null, -- an id that no effect has yet
    status text not null, -- what it reports
    final integer not null, -- 1: failed for good
    parked_at integer not null -- when it came
) strict;
create index parked_report_id on parked_report (channel, provider_id);

create table schedule (
    item_kind text not null, -- whose timer
    item_id integer not null, -- which one
    event text not null, -- what fires
    due_at integer not null, -- when
    primary key (item_kind, item_id, event)
) strict, without rowid;
create index schedule_due on schedule (due_at);

create table link (
    link_id integer primary key, -- id; the secret part is made by the host
    purpose text not null, -- review_chat, contact_form, contact_form_clinic or sign_in
    item_kind text not null, -- what it opens
    item_id integer not null, -- which one; for sign_in the agent
    clinic_id integer not null default 0, -- whose item, 0 for the platform's
    agent_id integer not null default 0, -- whom it signs in, 0 for a patient's
    recipient text not null default '', -- where codes go: the number or address on file
    locale text not null, -- the recipient's language
    browser text not null default '', -- digest of the browser that asked (sign_in), '' for any
    uses integer not null default 0, -- how often it was opened
    uses_max integer not null default 0, -- 0 for any number
    device_id integer not null default 0, -- first session that opened it, 0 for none
    code_id integer not null default 0, -- newest code sent for it, 0 for none
    code_until_at integer not null default 0, -- when that code ends
    code_tries integer not null default 0, -- wrong answers to it
    codes_sent integer not null default 0, -- codes in the running hour
    codes_from_at integer not null default 0, -- when that hour began
    codes_today integer not null default 0, -- codes in the running day
    codes_day_at integer not null default 0, -- when that day began
    expires_at integer not null, -- opens nothing from then on
    revoked_at integer not null default 0, -- 0 while it is good
    rev integer not null default 0 -- revision
) strict;
create index link_item on link (item_kind, item_id);

create table session (
    session_id integer primary key, -- id; the cookie's secret part is the host's
    agent_id integer references agent, -- staff, null for a patient
    link_id integer references link, -- the patient's link, null for staff
    item_kind text not null default '', -- the one item it is limited to, '' for none
    item_id integer not null default 0, -- which one
    opened_at integer not null, -- sign-in
    seen_at integer not null, -- latest sign of life
    idle_ms integer not null, -- ends so long after it
    expires_at integer not null, -- ends in any case
    ended_at integer not null default 0 -- signed out, 0 for not
) strict;
create index session_agent on session (agent_id) where agent_id is not null;
create index session_link on session (link_id) where link_id is not null;

create table history (
    history_id integer primary key, -- place in the chain, without gaps
    at integer not null, -- when it happened
    clinic_id integer not null, -- whose history, 0 for the platform's
    item_kind text not null, -- what it happened to
    item_id integer not null, -- which one
    role text not null, -- who did it
    actor_id integer not null, -- which agent or link, 0 for none
    event text not null, -- what happened
    from_state text not null, -- state before
    to_state text not null, -- state after
    rule integer not null, -- the rule it follows from, 0 for none
    because text not null, -- key of the sentence that says why
    facts text, -- JSON of the facts used; null once erased
    facts_hash blob not null, -- SHA-256 of facts; stays when they are erased
    hash blob not null, -- SHA-256 over the row before, this row's metadata and facts_hash
    rev integer not null -- revision
) strict;
create index history_item on history (item_kind, item_id);

create table request (
    request_id integer primary key, -- order of arrival
    principal text not null, -- who asked
    id text not null, -- the idempotency key
    digest integer not null, -- of the op and its input
    reply text not null, -- what was answered
    refused integer not null default 0, -- 1: it was refused, and something of it was kept
    at integer not null, -- when; forgotten after seven days
    unique (principal, id)
) strict;

create table desk_state (
    desk_state_id integer primary key check (desk_state_id = 1), -- the one row
    rev integer not null, -- requests applied; leaps at each restore
    lost_from_rev integer not null default 0, -- the latest leap: beyond this revision of the
    lost_to_rev integer not null default 0, -- backup and below this one nothing is known
    replica integer not null default 0 -- 1: here stands what sync.apply brought, one clinic's
) strict;
insert into desk_state (desk_state_id, rev) values (1, 0);

pragma user_version = 1;
commit;
