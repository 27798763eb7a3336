#include <QAbstractButton>
#include <QAbstractItemView>
#include <QAbstractScrollArea>
#include <QAccessible>
#include <QApplication>
#include <QHeaderView>
#include <QLineEdit>
#include <QScrollBar>
#include <QTabBar>
#include <QTest>

#include "gui/widgets/language.h"
#include "tests/gui/support/fresh_settings.h"
#include "tests/gui/support/gallery_stage.h"

using namespace meseta::console;

namespace {

/// Parts that Qt makes inside of others, which speak for them.
bool isPart(const QWidget *widget)
{
    const QString name = widget->objectName();
    return name.startsWith(QLatin1String("qt_")) || qobject_cast<const QScrollBar *>(widget)
        || qobject_cast<const QHeaderView *>(widget) || widget->inherits("QLineEditIconButton")
        || widget->inherits("QComboBoxListView")
        || (qobject_cast<const QLineEdit *>(widget)
            && (widget->parentWidget()->inherits("QAbstractSpinBox")
                || widget->parentWidget()->inherits("QComboBox")));
}

QString pathOf(const QWidget *widget)
{
    QStringList path;
    for (const QWidget *at = widget; at && path.size() < 4; at = at->parentWidget())
        path.prepend(at->objectName().isEmpty() ? QString::fromLatin1(at->metaObject()->className())
                                                : at->objectName());
    return path.join(QLatin1Char('/'));
}

QString spokenName(QWidget *widget)
{
    QAccessibleInterface *spoken = QAccessible::queryAccessibleInterface(widget);
    return spoken ? spoken->text(QAccessible::Name).trimmed() : QString();
}

/// What takes the focus or a click, and has no name that is spoken.
QStringList nameless(QWidget &root)
{
    QStringList found;
    QList<QWidget *> all = root.findChildren<QWidget *>();
    all.prepend(&root);
    for (QWidget *widget : std::as_const(all)) {
        if (!widget->isVisible() || isPart(widget))
            continue;
        const bool isButton = qobject_cast<QAbstractButton *>(widget);
        if (!isButton && (widget->focusPolicy() & Qt::TabFocus) == 0)
            continue;
        if (qobject_cast<QTabBar *>(widget))
            continue; // each of its tabs is named
        // An area that only scrolls what is in it.
        if (widget->inherits("QScrollArea") || widget == root.window())
            continue;
        if (spokenName(widget).isEmpty())
            found << pathOf(widget);
    }
    return found;
}

} // namespace

/// Everything that the keyboard reaches, on every page and in every dialog, has a name that a
/// screen reader speaks, in both languages.
class AccessibleNamesTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void initTestCase();
    void cleanupTestCase() { Language::use(QStringLiteral("en")); }
    void everythingIsNamed_data();
    void everythingIsNamed();
};

void AccessibleNamesTest::initTestCase()
{
    useFreshSettings(QStringLiteral("tst_accessible_names"));
    QAccessible::setActive(true);
}

void AccessibleNamesTest::everythingIsNamed_data()
{
    QTest::addColumn<QString>("language");
    for (const QString &code : Language::codes())
        QTest::newRow(qPrintable(code)) << code;
}

void AccessibleNamesTest::everythingIsNamed()
{
    QFETCH(QString, language);
    Language::use(language);
    GalleryStage stage({2, 6, 2, 3}, {1400, 900});
    QStringList found = nameless(stage.window());
    QVERIFY(stage.open());
    int seen = 0;
    stage.walk([&](QWidget &widget, const QString &name) {
        ++seen;
        for (const QString &line : nameless(widget))
            found << name + QLatin1String(": ") + line;
    });
    QVERIFY2(seen > 35, qPrintable(QString::number(seen)));
    found.removeDuplicates();
    QVERIFY2(found.isEmpty(), qPrintable(QLatin1Char('\n') + found.join(QLatin1Char('\n'))));
}

QTEST_MAIN(AccessibleNamesTest)
#include "tst_accessible_names.moc"
