<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="en" sourcelanguage="en">
<context>
    <name>Inspection</name>
    <message numerus="yes">
        <source>%n more</source>
        <translation>
            <numerusform>%n more</numerusform>
            <numerusform>%n more</numerusform>
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
    <name>meseta::console::HaPage</name>
    <message numerus="yes">
        <source>%n master(s) stand for election</source>
        <translation>
            <numerusform>%n master stand for election</numerusform>
            <numerusform>%n masters stand for election</numerusform>
        </translation>
    </message>
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
