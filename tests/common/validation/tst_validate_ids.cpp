#include <QtTest>

#include "common/validation/ids.h"

using namespace meseta;

class TestValidateIds : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void ids_data();
    void ids();
    void errorsNameFieldAndValue();
    void containerIds_data();
    void containerIds();
    void parentsOfContainers();
};

void TestValidateIds::ids_data()
{
    QTest::addColumn<std::string>("id");
    QTest::addColumn<bool>("valid");
    QTest::newRow("plain") << std::string("task-1.4f1c") << true;
    QTest::newRow("space") << std::string("a b c") << true;
    QTest::newRow("not ASCII") << std::string("täsk") << true;
    QTest::newRow("three dots") << std::string("...") << true;
    QTest::newRow("longest") << std::string(255, 'x') << true;
    QTest::newRow("too long") << std::string(256, 'x') << false;
    QTest::newRow("empty") << std::string() << false;
    QTest::newRow("dot") << std::string(".") << false;
    QTest::newRow("two dots") << std::string("..") << false;
    QTest::newRow("slash") << std::string("a/b") << false;
    QTest::newRow("backslash") << std::string("a\\b") << false;
    QTest::newRow("tab") << std::string("a\tb") << false;
    QTest::newRow("null") << std::string("a\0b", 3) << false;
    QTest::newRow("delete") << std::string("a\x7F") << false;
}

void TestValidateIds::ids()
{
    QFETCH(std::string, id);
    QFETCH(bool, valid);
    QCOMPARE(isValidId(id), valid);
}

void TestValidateIds::errorsNameFieldAndValue()
{
    const std::string text = validateId("a/\tb", "task_id").error().message;
    QVERIFY2(text.starts_with("task_id: 'a/?b' contains invalid characters"), text.c_str());
    QVERIFY(validateId(std::string(300, 'x'), "task_id").error().message.size() < 200);
}

void TestValidateIds::containerIds_data()
{
    QTest::addColumn<std::string>("id");
    QTest::addColumn<bool>("valid");
    QTest::newRow("uuid") << std::string("8a1f4bd0-7a52-4a2d-9d52-0b2d9a0d7c11") << true;
    QTest::newRow("longest") << std::string(242, 'x') << true;
    QTest::newRow("too long") << std::string(243, 'x') << false;
    QTest::newRow("dot inside") << std::string("a.b") << false;
    QTest::newRow("space inside") << std::string("a b") << false;
    QTest::newRow("slash") << std::string("a/b") << false;
    QTest::newRow("empty") << std::string() << false;
}

void TestValidateIds::containerIds()
{
    QFETCH(std::string, id);
    QFETCH(bool, valid);
    mesos::v1::ContainerID container;
    container.set_value(id);
    QCOMPARE(validateContainerId(container).has_value(), valid);
}

void TestValidateIds::parentsOfContainers()
{
    mesos::v1::ContainerID container;
    container.set_value("child");
    container.mutable_parent()->set_value("par.ent");
    const auto result = validateContainerId(container, "container_id");
    QVERIFY(!result);
    QVERIFY2(result.error().message.starts_with("container_id.parent: 'par.ent'"),
             result.error().message.c_str());
    container.mutable_parent()->set_value("parent");
    QVERIFY(validateContainerId(container).has_value());
}

QTEST_GUILESS_MAIN(TestValidateIds)
#include "tst_validate_ids.moc"
