#include <QAbstractButton>
#include <QApplication>
#include <QComboBox>
#include <QDialog>
#include <QLabel>
#include <QScrollArea>
#include <QTest>

#include "gui/widgets/language.h"
#include "gui/widgets/state_bar.h"
#include "gui/widgets/theme.h"
#include "gui/widgets/wrap_label.h"
#include "tests/gui/support/fresh_settings.h"
#include "tests/gui/support/gallery_stage.h"

using namespace meseta::console;

namespace {

QString nameOf(const QWidget *widget)
{
    QStringList path;
    for (const QWidget *at = widget; at && path.size() < 4; at = at->parentWidget()) {
        const QString name = at->objectName().isEmpty()
            ? QString::fromLatin1(at->metaObject()->className())
            : at->objectName();
        path.prepend(name);
    }
    return path.join(QLatin1Char('/'));
}

/// Whether the text of a widget has the room that it needs; widgets without text always have.
bool hasRoom(const QWidget *widget, QString *text)
{
    if (widget->inherits("meseta::console::ElidedLabel"))
        return widget->width() >= widget->minimumSizeHint().width(); // tells the whole in its tip
    if (const auto *label = qobject_cast<const QLabel *>(widget)) {
        *text = label->text();
        if (label->text().isEmpty())
            return true;
        if (label->wordWrap())
            return label->height() >= label->heightForWidth(label->width());
        return label->width() >= label->sizeHint().width();
    }
    if (const auto *label = qobject_cast<const WrapLabel *>(widget)) {
        *text = label->text();
        return label->hasHeightForWidth() ? label->height() >= label->heightForWidth(label->width())
                                          : label->width() >= label->sizeHint().width();
    }
    if (const auto *button = qobject_cast<const QAbstractButton *>(widget)) {
        *text = button->text();
        return button->text().isEmpty() || button->width() >= button->minimumSizeHint().width();
    }
    if (const auto *choice = qobject_cast<const QComboBox *>(widget)) {
        *text = choice->currentText();
        return choice->isEditable()
            || choice->width() > choice->fontMetrics().horizontalAdvance(choice->currentText());
    }
    return true;
}

/// What can be seen but has too little room, one line each.
QStringList clipped(const QWidget &root)
{
    QStringList found;
    for (const QWidget *widget : root.findChildren<QWidget *>()) {
        if (!widget->isVisibleTo(&root) || widget->size().isEmpty())
            continue;
        QString text;
        if (!hasRoom(widget, &text))
            found << QStringLiteral("%1 (%2x%3): \"%4\"")
                         .arg(nameOf(widget))
                         .arg(widget->width())
                         .arg(widget->height())
                         .arg(text.left(80));
    }
    return found;
}

/// The same once layouts that were put off are done: what stays clipped is found.
QStringList clippedAtRest(const QWidget &root)
{
    (void)QTest::qWaitFor([&root] { return clipped(root).isEmpty(); }, 2000);
    return clipped(root);
}

} // namespace

/// Text at one and a half times its size, in both languages: nothing on the pages and in the
/// dialogs is cut off.
class LargeTextTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void initTestCase();
    void cleanupTestCase();
    void nothingIsClipped_data();
    void nothingIsClipped();
    void statesWithoutTasksGiveWay();
};

void LargeTextTest::initTestCase()
{
    useFreshSettings(QStringLiteral("tst_large_text"));
}

void LargeTextTest::cleanupTestCase()
{
    Language::use(QStringLiteral("en"));
}

void LargeTextTest::nothingIsClipped_data()
{
    QTest::addColumn<QString>("language");
    for (const QString &code : Language::codes())
        QTest::newRow(qPrintable(code)) << code;
}

void LargeTextTest::nothingIsClipped()
{
    QFETCH(QString, language);
    Language::use(language);
    Theme::apply(*qobject_cast<QApplication *>(QCoreApplication::instance()), Theme::Mode::Light,
                 1.5);
    GalleryStage stage({2, 6, 2, 3}, {1400, 900});
    QStringList found = clipped(stage.window());
    QVERIFY(stage.open());
    stage.walk([&found](QWidget &widget, const QString &name) {
        for (const QString &line : clippedAtRest(widget))
            found << name + QLatin1String(": ") + line;
    });
    found.removeDuplicates();
    QVERIFY2(found.isEmpty(), qPrintable(QLatin1Char('\n') + found.join(QLatin1Char('\n'))));
}

/// In little room each word that is left has its own.
void LargeTextTest::statesWithoutTasksGiveWay()
{
    using namespace mesos::v1;
    StateBar bar;
    bar.setCounts({{TASK_RUNNING, 2}, {TASK_UNREACHABLE, 0}, {TASK_FAILED, 0}, {TASK_FINISHED, 1}});
    QStringList chosen;
    connect(&bar, &StateBar::stateChosen, this, [&](const QString &word) { chosen << word; });
    for (const double em : {60.0, 10.0}) {
        bar.hide();
        bar.resize(static_cast<int>(em * bar.fontMetrics().height()), bar.sizeHint().height());
        bar.show();
        QVERIFY(QTest::qWaitForWindowExposed(&bar));
        for (const double place : {0.1, 0.6, 0.9})
            QTest::mouseClick(&bar, Qt::LeftButton, {},
                              {static_cast<int>(bar.width() * place), bar.height() - 5});
    }
    QCOMPARE(chosen.join(QLatin1Char(' ')),
             QStringLiteral("running failed finished running finished finished"));
}

QTEST_MAIN(LargeTextTest)
#include "tst_large_text.moc"
