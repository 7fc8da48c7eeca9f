#!/usr/bin/perl
# A scriptable SMSC on Debian's libnet-smpp-perl: an SMPP codec that nobody of this project wrote.
#   smsc.pl PORT [--report-ids decimal|hex] [--deaf] [--refuse-binds N] STEP...
# The n-th submit_sm gets the n-th STEP, all later ones the last:
#   ok  answer, then a DELIVRD report      early  the report first, then the answer
#   twice  answer, the report two times    late   answer; the report waits for "release"
#   mute  answer, no report                silent taken, never answered
#   drop  taken, then the line is cut      junk   an unreadable PDU first, then as ok
#   hold  the answer waits for "answer"    0x58   refused with this status
#   UNDELIV, REJECTD, EXPIRED and the like: answer, then a report of this state
# Commands on stdin: release | answer | enquire | hang_up | say FROM TO TEXT.
# Events on stdout, one JSON object a line.
use strict;
use warnings;
use Net::SMPP;
use Encode qw(decode);
use IO::Select;
use JSON::PP;
$| = 1;

my $port = shift @ARGV;
my %option = ('report-ids' => 'same', 'refuse-binds' => 0);
while (@ARGV && $ARGV[0] =~ /^--(.+)/) {
    my $name = $1;
    shift @ARGV;
    $option{$name} = $name eq 'deaf' ? 1 : shift @ARGV;
}
my @steps = @ARGV ? @ARGV : ('ok');
my $json = JSON::PP->new->canonical->utf8;
my $server = Net::SMPP->new_listen('127.0.0.1', port => $port, smpp_version => 0x34,
    interface_version => 0x34, timeout => undef) or die "port $port: $!";
my $inputs = IO::Select->new($server, \*STDIN);
my ($submits, $last_id, $sequence) = (0, 0x1A2B00, 5000);
my (%parts, @held, @unanswered, %asked, $line, $deaf_line);
my $typed = '';
emit('listening', port => $port + 0);

while (1) {
    for my $input ($inputs->can_read) {
        if ($input == $server) {
            my $new = $server->accept or next;
            $inputs->add($new);
            $line = $new;
            emit('connected');
        }
        elsif ($input == \*STDIN) { commands() }
        else { serve($input) }
    }
}

sub commands {
    sysread STDIN, $typed, 4096, length $typed or exit 0;
    command($1) while $typed =~ s/^(.*)\n//;
}

sub command {
    my $text = shift;
    if ($text eq 'release') { report(@$_) for splice @held }
    elsif ($text eq 'answer') { $_->() for splice @unanswered }
    elsif ($text eq 'enquire') { $line->enquire_link(seq => ++$sequence, async => 1) }
    elsif ($text eq 'hang_up') { hang_up($line) }
    elsif ($text =~ /^say (\S+) (\S+) (.+)/) {
        $line->deliver_sm(seq => ++$sequence, source_addr => $1, destination_addr => $2,
            data_coding => 8, short_message => Encode::encode('UTF-16BE', decode('UTF-8', $3)),
            async => 1);
    }
}

sub emit {
    my ($event, %fields) = @_;
    print $json->encode({ event => $event, %fields }), "\n";
}

sub hang_up { my $who = shift; $inputs->remove($who); close $who; emit('closed') }

sub serve {
    my $who = shift;
    my $pdu = $who->read_pdu or return hang_up($who);
    my ($cmd, $seq) = ($pdu->{cmd}, $pdu->{seq});
    if ($cmd == 9) { bind_line($who, $pdu) }
    elsif ($cmd == 0x15) {
        emit('enquire_link');
        $who->enquire_link_resp(seq => $seq) unless $deaf_line && $deaf_line == $who;
    }
    elsif ($cmd == 6) { $who->unbind_resp(seq => $seq); emit('unbound') }
    elsif ($cmd == 4) { submitted($who, $pdu) }
    elsif ($cmd == 0x80000005) { emit('deliver_resp', status => $pdu->{status}, id => $asked{$seq}) }
    elsif ($cmd == 0x80000015) { emit('enquire_resp') }
    elsif ($cmd == 0x80000000) { emit('nack', status => $pdu->{status}) }
}

sub bind_line {
    my ($who, $pdu) = @_;
    my $known = $pdu->{system_id} eq 'clinic' && $pdu->{password} eq 'secret';
    my $status = $known ? 0 : 0x0e;
    $status = 0x0d if $option{'refuse-binds'}-- > 0;
    $deaf_line = $who if $option{deaf} && !$deaf_line;
    $who->bind_transceiver_resp(seq => $pdu->{seq}, status => $status, system_id => 'PERLSMSC');
    emit('bind', status => $status);
}

sub submitted {
    my ($who, $pdu) = @_;
    my $step = $steps[$submits < @steps ? $submits : -1];
    $submits++;
    emit('submit', n => $submits, step => $step);
    if ($step =~ /^0x/) {
        $who->submit_sm_resp(seq => $pdu->{seq}, status => hex $step, message_id => '');
        return;
    }
    my $id = sprintf '%X', ++$last_id;
    $id = "$last_id" if $option{'report-ids'} eq 'hex';
    keep($pdu, $id);
    return if $step eq 'silent';
    if ($step eq 'hold') {
        my $seq = $pdu->{seq};
        push @unanswered, sub { $who->submit_sm_resp(seq => $seq, message_id => $id) };
        return;
    }
    return hang_up($who) if $step eq 'drop';
    my $state = $step =~ /^[A-Z]+$/ ? $step : 'DELIVRD';
    my @report = ($who, $pdu, $id, $state);
    if ($step eq 'junk') {
        # A well framed deliver_sm that ends inside its last optional field.
        syswrite $who, pack('NNNN x17 nn', 37, 5, 0, ++$sequence, 0x0204, 2);
    }
    report(@report) if $step eq 'early';
    $who->submit_sm_resp(seq => $pdu->{seq}, message_id => $id);
    report(@report) if $step !~ /^(early|late|mute)$/;
    report(@report) if $step eq 'twice';
    push @held, \@report if $step eq 'late';
}

# What the handset would show: the text whole, once all its parts are there.
sub keep {
    my ($pdu, $id) = @_;
    my ($bytes, $reference, $total, $number) = ($pdu->{short_message}, 0, 1, 1);
    if ($pdu->{esm_class} & 0x40) {
        my $length = unpack 'C', $bytes;
        (undef, undef, undef, $reference, $total, $number) = unpack 'C6', $bytes;
        $bytes = substr $bytes, $length + 1;
    }
    my $text = decode($pdu->{data_coding} == 8 ? 'UTF-16BE' : 'gsm0338', $bytes);
    my $parts = $parts{"$pdu->{destination_addr}/$reference"} //= [];
    $parts->[$number - 1] = $text;
    emit('part', id => $id, number => $number, total => $total, text => $text,
        octets => length $pdu->{short_message}, data_coding => $pdu->{data_coding},
        reference => $reference, from => $pdu->{source_addr}, to => $pdu->{destination_addr});
    return if grep { !defined } @$parts[0 .. $total - 1];
    emit('whole', to => $pdu->{destination_addr}, text => join '', @$parts);
    delete $parts{"$pdu->{destination_addr}/$reference"};
}

sub report {
    my ($who, $pdu, $id, $state) = @_;
    return unless $pdu->{registered_delivery};
    my $shown = $option{'report-ids'} eq 'decimal' ? sprintf('%010d', hex $id)
        : $option{'report-ids'} eq 'hex' ? sprintf('%X', $id) : $id;
    my $done = $state eq 'DELIVRD' ? '001' : '000';
    $asked{++$sequence} = $id;
    $line->deliver_sm(seq => $sequence, source_addr => $pdu->{destination_addr},
        destination_addr => $pdu->{source_addr}, esm_class => 4, data_coding => 0,
        short_message => "id:$shown sub:001 dlvrd:$done submit date:2611212000 "
            . "done date:2611212001 stat:$state err:$done text:", async => 1);
}
