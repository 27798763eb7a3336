<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="en" sourcelanguage="en">
<context>
    <name>BlastRadius</name>
    <message numerus="yes">
        <source>Restart %n task(s)?</source>
        <translation>
            <numerusform>Restart %Ln task?</numerusform>
            <numerusform>Restart %Ln tasks?</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Kill %n task(s)?</source>
        <translation>
            <numerusform>Kill %Ln task?</numerusform>
            <numerusform>Kill %Ln tasks?</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Tear down %n framework(s)?</source>
        <translation>
            <numerusform>Tear down %Ln framework?</numerusform>
            <numerusform>Tear down %Ln frameworks?</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Deactivate %n agent(s)?</source>
        <translation>
            <numerusform>Deactivate %Ln agent?</numerusform>
            <numerusform>Deactivate %Ln agents?</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Drain %n agent(s)?</source>
        <translation>
            <numerusform>Drain %Ln agent?</numerusform>
            <numerusform>Drain %Ln agents?</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Reactivate %n agent(s)?</source>
        <translation>
            <numerusform>Reactivate %Ln agent?</numerusform>
            <numerusform>Reactivate %Ln agents?</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Unreserve on %n agent(s)?</source>
        <translation>
            <numerusform>Unreserve on %n agent?</numerusform>
            <numerusform>Unreserve on %n agents?</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>Events</name>
    <message numerus="yes">
        <source>All %n agent(s) are back %1 after the election</source>
        <translation>
            <numerusform>The %Ln agent is back %1 after the election</numerusform>
            <numerusform>All %Ln agents are back %1 after the election</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n agent(s) did not come back in time</source>
        <translation>
            <numerusform>%Ln agent did not come back in time</numerusform>
            <numerusform>%Ln agents did not come back in time</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>FailoverCheck</name>
    <message numerus="yes">
        <source>%n master(s) stand by; %1 is next.</source>
        <translation>
            <numerusform>%Ln master stands by: %1.</numerusform>
            <numerusform>%Ln masters stand by; %1 is next.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%1 of %n server(s) answer, %2 are needed.</source>
        <translation>
            <numerusform>%1 of %Ln server answers, %2 is needed.</numerusform>
            <numerusform>%1 of %Ln servers answer, %2 are needed.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n agent(s) follow the ensemble; none has come back to a new leader since the console connected.</source>
        <translation>
            <numerusform>%Ln agent follows the ensemble; it has not come back to a new leader since the console connected.</numerusform>
            <numerusform>%Ln agents follow the ensemble; none has come back to a new leader since the console connected.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n are away now: the next leader waits for them in vain.</source>
        <translation>
            <numerusform>%Ln is away now: the next leader waits for it in vain.</numerusform>
            <numerusform>%Ln are away now: the next leader waits for them in vain.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n of them have no failover timeout (%1): their tasks end when they are slower than their next leader.</source>
        <translation>
            <numerusform>%Ln of them has no failover timeout (%1): its tasks end when it is slower than its next leader.</numerusform>
            <numerusform>%Ln of them have no failover timeout (%1): their tasks end when they are slower than their next leader.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>Inspection</name>
    <message numerus="yes">
        <source>%n more</source>
        <translation>
            <numerusform>%Ln more</numerusform>
            <numerusform>%Ln more</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n task(s)</source>
        <translation>
            <numerusform>%Ln task</numerusform>
            <numerusform>%Ln tasks</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n agent(s)</source>
        <translation>
            <numerusform>%Ln agent</numerusform>
            <numerusform>%Ln agents</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n framework(s)</source>
        <translation>
            <numerusform>%Ln framework</numerusform>
            <numerusform>%Ln frameworks</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n offer(s)</source>
        <translation>
            <numerusform>%Ln offer</numerusform>
            <numerusform>%Ln offers</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n role(s)</source>
        <translation>
            <numerusform>%Ln role</numerusform>
            <numerusform>%Ln roles</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>meseta::console::ClusterMap</name>
    <message numerus="yes">
        <source>%n task(s)</source>
        <translation>
            <numerusform>%Ln task</numerusform>
            <numerusform>%Ln tasks</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>meseta::console::ClusterView</name>
    <message numerus="yes">
        <source>%n agent(s) were lost</source>
        <translation>
            <numerusform>%Ln agent were lost</numerusform>
            <numerusform>%Ln agents were lost</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Restart %n task(s)…</source>
        <translation>
            <numerusform>Restart %Ln task…</numerusform>
            <numerusform>Restart %Ln tasks…</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Kill %n task(s)…</source>
        <translation>
            <numerusform>Kill %Ln task…</numerusform>
            <numerusform>Kill %Ln tasks…</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Deactivate %n agent(s)…</source>
        <translation>
            <numerusform>Deactivate %Ln agent…</numerusform>
            <numerusform>Deactivate %Ln agents…</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Reactivate %n agent(s)…</source>
        <translation>
            <numerusform>Reactivate %Ln agent…</numerusform>
            <numerusform>Reactivate %Ln agents…</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Drain %n agent(s)…</source>
        <translation>
            <numerusform>Drain %Ln agent…</numerusform>
            <numerusform>Drain %Ln agents…</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Tear down %n framework(s)…</source>
        <translation>
            <numerusform>Tear down %Ln framework…</numerusform>
            <numerusform>Tear down %Ln frameworks…</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Unreserve on %n agent(s)…</source>
        <translation>
            <numerusform>Unreserve on %n agent…</numerusform>
            <numerusform>Unreserve on %n agents…</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>meseta::console::ConnectionBanner</name>
    <message numerus="yes">
        <source>%1 is not connected: %2. What is shown is %n second(s) old.</source>
        <translation>
            <numerusform>%1 is not connected: %2. What is shown is %Ln second old.</numerusform>
            <numerusform>%1 is not connected: %2. What is shown is %Ln seconds old.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Next try in %n s.</source>
        <translation>
            <numerusform>Next try in %Ln s.</numerusform>
            <numerusform>Next try in %Ln s.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n agent(s)</source>
        <translation>
            <numerusform>%Ln agent</numerusform>
            <numerusform>%Ln agents</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n framework(s)</source>
        <translation>
            <numerusform>%Ln framework</numerusform>
            <numerusform>%Ln frameworks</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n task(s)</source>
        <translation>
            <numerusform>%Ln task</numerusform>
            <numerusform>%Ln tasks</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n offer(s)</source>
        <translation>
            <numerusform>%Ln offer</numerusform>
            <numerusform>%Ln offers</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>meseta::console::DeedDialog</name>
    <message numerus="yes">
        <source>%n task(s)</source>
        <translation>
            <numerusform>%Ln task</numerusform>
            <numerusform>%Ln tasks</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n outstanding offer(s)</source>
        <translation>
            <numerusform>%Ln outstanding offer</numerusform>
            <numerusform>%Ln outstanding offers</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>and %n more</source>
        <translation>
            <numerusform>and %Ln more</numerusform>
            <numerusform>and %Ln more</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n agent(s)</source>
        <translation>
            <numerusform>%Ln agent</numerusform>
            <numerusform>%Ln agents</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n framework(s)</source>
        <translation>
            <numerusform>%Ln framework</numerusform>
            <numerusform>%Ln frameworks</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Left out: %n.</source>
        <translation>
            <numerusform>Left out: %Ln.</numerusform>
            <numerusform>Left out: %Ln.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>meseta::console::DeedRunner</name>
    <message numerus="yes">
        <source>%n task(s) are being killed.</source>
        <translation>
            <numerusform>%Ln task is being killed.</numerusform>
            <numerusform>%Ln tasks are being killed.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n task(s) are being restarted.</source>
        <translation>
            <numerusform>%Ln task is being restarted.</numerusform>
            <numerusform>%Ln tasks are being restarted.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n framework(s) were torn down.</source>
        <translation>
            <numerusform>%Ln framework was torn down.</numerusform>
            <numerusform>%Ln frameworks were torn down.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n agent(s) are deactivated.</source>
        <translation>
            <numerusform>%Ln agent is deactivated.</numerusform>
            <numerusform>%Ln agents are deactivated.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n agent(s) are active again.</source>
        <translation>
            <numerusform>%Ln agent is active again.</numerusform>
            <numerusform>%Ln agents are active again.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n agent(s) are being drained.</source>
        <translation>
            <numerusform>%Ln agent is being drained.</numerusform>
            <numerusform>%Ln agents are being drained.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%1 was refused %n time(s), first for %2: %3</source>
        <translation>
            <numerusform>%1 was refused once, for %2: %3</numerusform>
            <numerusform>%1 was refused %Ln times, first for %2: %3</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n agent(s) are drained.</source>
        <translation>
            <numerusform>%Ln agent is drained.</numerusform>
            <numerusform>%Ln agents are drained.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>What was free of the reservations on %n agent(s) is unreserved.</source>
        <translation>
            <numerusform>What was free of the reservations on %n agent is unreserved.</numerusform>
            <numerusform>What was free of the reservations on %n agents is unreserved.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>meseta::console::EventStream</name>
    <message numerus="yes">
        <source>nothing was heard for %n second(s)</source>
        <translation>
            <numerusform>nothing was heard for %Ln second</numerusform>
            <numerusform>nothing was heard for %Ln seconds</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>meseta::console::FitLens</name>
    <message numerus="yes">
        <source>It fits %n time(s) now.</source>
        <translation>
            <numerusform>It fits once now.</numerusform>
            <numerusform>It fits %Ln times now.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>meseta::console::HaPage</name>
    <message numerus="yes">
        <source>all %n agent(s) back after %1</source>
        <translation>
            <numerusform>all %Ln agent back after %1</numerusform>
            <numerusform>all %Ln agents back after %1</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n given up</source>
        <translation>
            <numerusform>%Ln given up</numerusform>
            <numerusform>%Ln given up</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n framework(s) back</source>
        <translation>
            <numerusform>%Ln framework back</numerusform>
            <numerusform>%Ln frameworks back</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>meseta::console::IncidentDialog</name>
    <message numerus="yes">
        <source>In it: the cluster&apos;s state and %n event(s)</source>
        <translation>
            <numerusform>In it: the cluster&apos;s state and %Ln event</numerusform>
            <numerusform>In it: the cluster&apos;s state and %Ln events</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>, %n note(s) of the console</source>
        <translation>
            <numerusform>, %Ln note of the console</numerusform>
            <numerusform>, %Ln notes of the console</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>, %n change(s) of the leader</source>
        <translation>
            <numerusform>, %Ln change of the leader</numerusform>
            <numerusform>, %Ln changes of the leader</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>meseta::console::LaunchDialog</name>
    <message numerus="yes">
        <source>Launch %n service(s)</source>
        <translation>
            <numerusform>Launch %Ln service</numerusform>
            <numerusform>Launch %Ln services</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Fits on %n agent(s) now</source>
        <translation>
            <numerusform>Fits on %Ln agent now</numerusform>
            <numerusform>Fits on %Ln agents now</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n time(s), each on an offer that fits; the task and agent ids and the host ports come with it:</source>
        <translation>
            <numerusform>Once, on an offer that fits; the task and agent ids and the host ports come with it:</numerusform>
            <numerusform>%Ln times, each on an offer that fits; the task and agent ids and the host ports come with it:</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>meseta::console::LaunchDrops</name>
    <message numerus="yes">
        <source>%n service(s)</source>
        <translation>
            <numerusform>%Ln service</numerusform>
            <numerusform>%Ln services</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>meseta::console::LaunchFramework</name>
    <message numerus="yes">
        <source>Waiting: %n offer(s) so far did not fit</source>
        <translation>
            <numerusform>Waiting: %Ln offer so far did not fit</numerusform>
            <numerusform>Waiting: %Ln offers so far did not fit</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>meseta::console::OverviewPage</name>
    <message numerus="yes">
        <source>%n agent(s)</source>
        <translation>
            <numerusform>%Ln agent</numerusform>
            <numerusform>%Ln agents</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n framework(s)</source>
        <translation>
            <numerusform>%Ln framework</numerusform>
            <numerusform>%Ln frameworks</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n not active</source>
        <translation>
            <numerusform>%Ln not active</numerusform>
            <numerusform>%Ln not active</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n offer(s) outstanding</source>
        <translation>
            <numerusform>%Ln offer outstanding</numerusform>
            <numerusform>%Ln offers outstanding</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>meseta::console::SandboxDialog</name>
    <message numerus="yes">
        <source>%n more file(s) of %1 are not shown.</source>
        <translation>
            <numerusform>%Ln more file of %1 is not shown.</numerusform>
            <numerusform>%Ln more files of %1 are not shown.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>meseta::console::TablePage</name>
    <message numerus="yes">
        <source>%n match(es)</source>
        <translation>
            <numerusform>%Ln match</numerusform>
            <numerusform>%Ln matches</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%1, %n selected</source>
        <translation>
            <numerusform>%1, %Ln selected</numerusform>
            <numerusform>%1, %Ln selected</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>meseta::console::WhatIfDialog</name>
    <message numerus="yes">
        <source>%n task(s)</source>
        <translation>
            <numerusform>%Ln task</numerusform>
            <numerusform>%Ln tasks</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>meseta::console::WhyDialog</name>
    <message numerus="yes">
        <source>%1: %n pair(s)</source>
        <translation>
            <numerusform>%1: %Ln pair</numerusform>
            <numerusform>%1: %Ln pairs</numerusform>
        </translation>
    </message>
</context>
</TS>
