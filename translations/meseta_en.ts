<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="en" sourcelanguage="en">
<context>
    <name>meseta::console::ConnectionBanner</name>
    <message numerus="yes">
        <source>%1 is not connected: %2. What is shown is %n second(s) old.</source>
        <translation><numerusform>%1 is not connected: %2. What is shown is %n second old.</numerusform><numerusform>%1 is not connected: %2. What is shown is %n seconds old.</numerusform></translation>
    </message>
    <message numerus="yes">
        <source>Next try in %n s.</source>
        <translation><numerusform>Next try in %n s.</numerusform><numerusform>Next try in %n s.</numerusform></translation>
    </message>
</context>
<context>
    <name>meseta::console::EventStream</name>
    <message numerus="yes">
        <source>nothing was heard for %n second(s)</source>
        <translation><numerusform>nothing was heard for %n second</numerusform><numerusform>nothing was heard for %n seconds</numerusform></translation>
    </message>
</context>
<context>
    <name>meseta::console::LaunchFramework</name>
    <message numerus="yes">
        <source>Waiting: %n offer(s) so far did not fit</source>
        <translation><numerusform>Waiting: %n offer so far did not fit</numerusform><numerusform>Waiting: %n offers so far did not fit</numerusform></translation>
    </message>
</context>
<context>
    <name>meseta::console::OverviewPage</name>
    <message numerus="yes">
        <source>%n agent(s)</source>
        <translation><numerusform>%n agent</numerusform><numerusform>%n agents</numerusform></translation>
    </message>
    <message numerus="yes">
        <source>%n framework(s)</source>
        <translation><numerusform>%n framework</numerusform><numerusform>%n frameworks</numerusform></translation>
    </message>
    <message numerus="yes">
        <source>%n offer(s)</source>
        <translation><numerusform>%n offer</numerusform><numerusform>%n offers</numerusform></translation>
    </message>
    <message numerus="yes">
        <source>%n task(s) running</source>
        <translation><numerusform>%n task running</numerusform><numerusform>%n tasks running</numerusform></translation>
    </message>
    <message numerus="yes">
        <source>%n starting or stopping</source>
        <translation><numerusform>%n starting or stopping</numerusform><numerusform>%n starting or stopping</numerusform></translation>
    </message>
    <message numerus="yes">
        <source>%n failed</source>
        <translation><numerusform>%n failed</numerusform><numerusform>%n failed</numerusform></translation>
    </message>
</context>
<context>
    <name>meseta::console::TablePage</name>
    <message numerus="yes">
        <source>%n row(s)</source>
        <translation><numerusform>%n row</numerusform><numerusform>%n rows</numerusform></translation>
    </message>
    <message numerus="yes">
        <source>%n row(s) match</source>
        <translation><numerusform>%n row matches</numerusform><numerusform>%n rows match</numerusform></translation>
    </message>
</context>
</TS>
