<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="en" sourcelanguage="en">
<context>
    <name>BlastRadius</name>
    <message numerus="yes">
        <source>Restart %n task(s)?</source>
        <translation>
            <numerusform>Restart %n task?</numerusform>
            <numerusform>Restart %n tasks?</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Kill %n task(s)?</source>
        <translation>
            <numerusform>Kill %n task?</numerusform>
            <numerusform>Kill %n tasks?</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Tear down %n framework(s)?</source>
        <translation>
            <numerusform>Tear down %n framework?</numerusform>
            <numerusform>Tear down %n frameworks?</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Deactivate %n agent(s)?</source>
        <translation>
            <numerusform>Deactivate %n agent?</numerusform>
            <numerusform>Deactivate %n agents?</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Drain %n agent(s)?</source>
        <translation>
            <numerusform>Drain %n agent?</numerusform>
            <numerusform>Drain %n agents?</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Reactivate %n agent(s)?</source>
        <translation>
            <numerusform>Reactivate %n agent?</numerusform>
            <numerusform>Reactivate %n agents?</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>Events</name>
    <message numerus="yes">
        <source>All %n agent(s) are back %1 after the election</source>
        <translation>
            <numerusform>The %n agent is back %1 after the election</numerusform>
            <numerusform>All %n agents are back %1 after the election</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n agent(s) did not come back in time</source>
        <translation>
            <numerusform>%n agent did not come back in time</numerusform>
            <numerusform>%n agents did not come back in time</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>FailoverCheck</name>
    <message numerus="yes">
        <source>%n master(s) stand by; %1 is next.</source>
        <translation>
            <numerusform>%n master stands by: %1.</numerusform>
            <numerusform>%n masters stand by; %1 is next.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%1 of %n server(s) answer, %2 are needed.</source>
        <translation>
            <numerusform>%1 of %n server answers, %2 is needed.</numerusform>
            <numerusform>%1 of %n servers answer, %2 are needed.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n agent(s) follow the ensemble; none has come back to a new leader since the console connected.</source>
        <translation>
            <numerusform>%n agent follows the ensemble; it has not come back to a new leader since the console connected.</numerusform>
            <numerusform>%n agents follow the ensemble; none has come back to a new leader since the console connected.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n are away now: the next leader waits for them in vain.</source>
        <translation>
            <numerusform>%n is away now: the next leader waits for it in vain.</numerusform>
            <numerusform>%n are away now: the next leader waits for them in vain.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n of them have no failover timeout (%1): their tasks end when they are slower than their next leader.</source>
        <translation>
            <numerusform>%n of them has no failover timeout (%1): its tasks end when it is slower than its next leader.</numerusform>
            <numerusform>%n of them have no failover timeout (%1): their tasks end when they are slower than their next leader.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>Inspection</name>
    <message numerus="yes">
        <source>%n more</source>
        <translation>
            <numerusform>%n more</numerusform>
            <numerusform>%n more</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n task(s)</source>
        <translation>
            <numerusform>%n task</numerusform>
            <numerusform>%n tasks</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n agent(s)</source>
        <translation>
            <numerusform>%n agent</numerusform>
            <numerusform>%n agents</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n framework(s)</source>
        <translation>
            <numerusform>%n framework</numerusform>
            <numerusform>%n frameworks</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n offer(s)</source>
        <translation>
            <numerusform>%n offer</numerusform>
            <numerusform>%n offers</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n role(s)</source>
        <translation>
            <numerusform>%n role</numerusform>
            <numerusform>%n roles</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>meseta::console::ClusterMap</name>
    <message numerus="yes">
        <source>%n task(s)</source>
        <translation>
            <numerusform>%n task</numerusform>
            <numerusform>%n tasks</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>meseta::console::ClusterView</name>
    <message numerus="yes">
        <source>%n agent(s) were lost</source>
        <translation>
            <numerusform>%n agent were lost</numerusform>
            <numerusform>%n agents were lost</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Restart %n task(s)…</source>
        <translation>
            <numerusform>Restart %n task…</numerusform>
            <numerusform>Restart %n tasks…</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Kill %n task(s)…</source>
        <translation>
            <numerusform>Kill %n task…</numerusform>
            <numerusform>Kill %n tasks…</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Deactivate %n agent(s)…</source>
        <translation>
            <numerusform>Deactivate %n agent…</numerusform>
            <numerusform>Deactivate %n agents…</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Reactivate %n agent(s)…</source>
        <translation>
            <numerusform>Reactivate %n agent…</numerusform>
            <numerusform>Reactivate %n agents…</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Drain %n agent(s)…</source>
        <translation>
            <numerusform>Drain %n agent…</numerusform>
            <numerusform>Drain %n agents…</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Tear down %n framework(s)…</source>
        <translation>
            <numerusform>Tear down %n framework…</numerusform>
            <numerusform>Tear down %n frameworks…</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>meseta::console::ConnectionBanner</name>
    <message numerus="yes">
        <source>%1 is not connected: %2. What is shown is %n second(s) old.</source>
        <translation>
            <numerusform>%1 is not connected: %2. What is shown is %n second old.</numerusform>
            <numerusform>%1 is not connected: %2. What is shown is %n seconds old.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Next try in %n s.</source>
        <translation>
            <numerusform>Next try in %n s.</numerusform>
            <numerusform>Next try in %n s.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>meseta::console::DeedDialog</name>
    <message numerus="yes">
        <source>%n task(s)</source>
        <translation>
            <numerusform>%n task</numerusform>
            <numerusform>%n tasks</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n outstanding offer(s)</source>
        <translation>
            <numerusform>%n outstanding offer</numerusform>
            <numerusform>%n outstanding offers</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>and %n more</source>
        <translation>
            <numerusform>and %n more</numerusform>
            <numerusform>and %n more</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n agent(s)</source>
        <translation>
            <numerusform>%n agent</numerusform>
            <numerusform>%n agents</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n framework(s)</source>
        <translation>
            <numerusform>%n framework</numerusform>
            <numerusform>%n frameworks</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Left out: %n.</source>
        <translation>
            <numerusform>Left out: %n.</numerusform>
            <numerusform>Left out: %n.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>meseta::console::DeedRunner</name>
    <message numerus="yes">
        <source>%n task(s) are being killed.</source>
        <translation>
            <numerusform>%n task is being killed.</numerusform>
            <numerusform>%n tasks are being killed.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n task(s) are being restarted.</source>
        <translation>
            <numerusform>%n task is being restarted.</numerusform>
            <numerusform>%n tasks are being restarted.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n framework(s) were torn down.</source>
        <translation>
            <numerusform>%n framework was torn down.</numerusform>
            <numerusform>%n frameworks were torn down.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n agent(s) are deactivated.</source>
        <translation>
            <numerusform>%n agent is deactivated.</numerusform>
            <numerusform>%n agents are deactivated.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n agent(s) are active again.</source>
        <translation>
            <numerusform>%n agent is active again.</numerusform>
            <numerusform>%n agents are active again.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n agent(s) are being drained.</source>
        <translation>
            <numerusform>%n agent is being drained.</numerusform>
            <numerusform>%n agents are being drained.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%1 was refused %n time(s), first for %2: %3</source>
        <translation>
            <numerusform>%1 was refused once, for %2: %3</numerusform>
            <numerusform>%1 was refused %n times, first for %2: %3</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n agent(s) are drained.</source>
        <translation>
            <numerusform>%n agent is drained.</numerusform>
            <numerusform>%n agents are drained.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>meseta::console::EventStream</name>
    <message numerus="yes">
        <source>nothing was heard for %n second(s)</source>
        <translation>
            <numerusform>nothing was heard for %n second</numerusform>
            <numerusform>nothing was heard for %n seconds</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>meseta::console::FitLens</name>
    <message numerus="yes">
        <source>It fits %n time(s) now.</source>
        <translation>
            <numerusform>It fits once now.</numerusform>
            <numerusform>It fits %n times now.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>meseta::console::HaPage</name>
    <message numerus="yes">
        <source>all %n agent(s) back after %1</source>
        <translation>
            <numerusform>all %n agent back after %1</numerusform>
            <numerusform>all %n agents back after %1</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n given up</source>
        <translation>
            <numerusform>%n given up</numerusform>
            <numerusform>%n given up</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n framework(s) back</source>
        <translation>
            <numerusform>%n framework back</numerusform>
            <numerusform>%n frameworks back</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>meseta::console::IncidentDialog</name>
    <message numerus="yes">
        <source>In it: the cluster&apos;s state and %n event(s)</source>
        <translation>
            <numerusform>In it: the cluster&apos;s state and %n event</numerusform>
            <numerusform>In it: the cluster&apos;s state and %n events</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>, %n note(s) of the console</source>
        <translation>
            <numerusform>, %n note of the console</numerusform>
            <numerusform>, %n notes of the console</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>, %n change(s) of the leader</source>
        <translation>
            <numerusform>, %n change of the leader</numerusform>
            <numerusform>, %n changes of the leader</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>meseta::console::LaunchDialog</name>
    <message numerus="yes">
        <source>Launch %n service(s)</source>
        <translation>
            <numerusform>Launch %n service</numerusform>
            <numerusform>Launch %n services</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Fits on %n agent(s) now</source>
        <translation>
            <numerusform>Fits on %n agent now</numerusform>
            <numerusform>Fits on %n agents now</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n time(s), each on an offer that fits; the task and agent ids and the host ports come with it:</source>
        <translation>
            <numerusform>%n time, each on an offer that fits; the task and agent ids and the host ports come with it:</numerusform>
            <numerusform>%n times, each on an offer that fits; the task and agent ids and the host ports come with it:</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>meseta::console::LaunchDrops</name>
    <message numerus="yes">
        <source>%n service(s)</source>
        <translation>
            <numerusform>%n service</numerusform>
            <numerusform>%n services</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>meseta::console::LaunchFramework</name>
    <message numerus="yes">
        <source>Waiting: %n offer(s) so far did not fit</source>
        <translation>
            <numerusform>Waiting: %n offer so far did not fit</numerusform>
            <numerusform>Waiting: %n offers so far did not fit</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>meseta::console::OverviewPage</name>
    <message numerus="yes">
        <source>%n agent(s)</source>
        <translation>
            <numerusform>%n agent</numerusform>
            <numerusform>%n agents</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n framework(s)</source>
        <translation>
            <numerusform>%n framework</numerusform>
            <numerusform>%n frameworks</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n not active</source>
        <translation>
            <numerusform>%n not active</numerusform>
            <numerusform>%n not active</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n offer(s) outstanding</source>
        <translation>
            <numerusform>%n offer outstanding</numerusform>
            <numerusform>%n offers outstanding</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>meseta::console::TablePage</name>
    <message numerus="yes">
        <source>%n match(es)</source>
        <translation>
            <numerusform>%n match</numerusform>
            <numerusform>%n matches</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%1, %n selected</source>
        <translation>
            <numerusform>%1, %n selected</numerusform>
            <numerusform>%1, %n selected</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>meseta::console::WhatIfDialog</name>
    <message numerus="yes">
        <source>%n task(s)</source>
        <translation>
            <numerusform>%n task</numerusform>
            <numerusform>%n tasks</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>meseta::console::WhyDialog</name>
    <message numerus="yes">
        <source>%1: %n pair(s)</source>
        <translation>
            <numerusform>%1: %n pair</numerusform>
            <numerusform>%1: %n pairs</numerusform>
        </translation>
    </message>
</context>
</TS>
