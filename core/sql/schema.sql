-- schema.sql: the stored shape of a desk. Times are milliseconds UTC and end in _at; ids start
-- at 1; 0 or '' where a column says "none". `rev`: the revision that last wrote the row.
-- Only tables that lose their newest rows need autoincrement, which costs a page per insert.
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

create table agent (
    agent_id integer primary key autoincrement, -- id
    clinic_id integer references clinic, -- null for people of the platform
    role text not null, -- representative, doctor, assistant, administrator, moderator, manager
    name text not null, -- as patients read it
    position text not null default '', -- as patients read it
    email text not null default '', -- where sign-in links go
    phone text not null default '', -- E.164
    locale text not null default '', -- language of the cabinet; '' takes the clinic's
    active integer not null default 1, -- 0 after somebody left; nothing is accepted from them
    represents integer not null default 0, -- 1 once name, position and address are known (rule 9)
    notice_email text not null default '', -- where notices of new messages go (rule 16)
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
    item_kind text not null, -- the thread's machine: 'review_chat'
    item_id integer not null, -- the thread
    clinic_id integer not null references clinic, -- the thread's clinic
    author text not null, -- 'clinic' or 'patient'
    agent_id integer references agent, -- who wrote for the clinic
    agent_name text not null default '', -- as it stood then: a later change alters no past message
    agent_position text not null default '', -- likewise
    text text not null, -- what was written
    sent_at integer not null, -- when it was accepted
    delivery text not null default 'silent', -- silent, queued, sent, ... (machines/delivery.c)
    rev integer not null default 0 -- revision
) strict;
create index message_item on message (item_kind, item_id, message_id);
create index message_clinic_rev on message (clinic_id, rev);

create table effect (
    effect_id integer primary key, -- id, and the idempotency key towards providers
    kind text not null, -- sms.send or email.send
    state text not null default 'queued', -- machines/effect.c
    clinic_id integer not null default 0, -- whose notice it is, 0 for the platform's own
    item_kind text not null, -- what it is about
    item_id integer not null, -- which one
    message_id integer references message, -- the message it announces, null for none
    recipient text not null, -- phone in E.164 or e-mail address
    recipient_name text not null default '', -- for the To header
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
    error text not null default '', -- the provider's words
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
    purpose text not null, -- review_chat or sign_in
    item_kind text not null, -- what it opens
    item_id integer not null, -- which one; for sign_in the agent
    clinic_id integer not null default 0, -- whose item, 0 for the platform's
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
    at integer not null, -- when; forgotten after seven days
    unique (principal, id)
) strict;

create table desk_state (
    desk_state_id integer primary key check (desk_state_id = 1), -- the one row
    rev integer not null -- requests applied
) strict;
insert into desk_state values (1, 0);

pragma user_version = 1;
commit;
