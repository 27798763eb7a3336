#include "gui/views/settings_dialog.h"

#include <QAction>
#include <QApplication>
#include <QCheckBox>
#include <QComboBox>
#include <QDialogButtonBox>
#include <QFormLayout>
#include <QIcon>
#include <QLabel>
#include <QLineEdit>
#include <QScrollArea>
#include <QSettings>
#include <QStyle>
#include <QVBoxLayout>

#include "gui/session/ensemble.h"
#include "gui/widgets/language.h"
#include "gui/widgets/theme.h"

namespace meseta::console {

namespace {

QDialogButtonBox *closeButton(QDialog *dialog)
{
    auto *buttons = new QDialogButtonBox(QDialogButtonBox::Close);
    QObject::connect(buttons, &QDialogButtonBox::rejected, dialog, &QDialog::reject);
    return buttons;
}

QLabel *plain(const QString &text)
{
    auto *label = new QLabel(text);
    label->setTextFormat(Qt::PlainText);
    label->setWordWrap(true);
    return label;
}

} // namespace

SettingsDialog::SettingsDialog(QWidget *parent) : QDialog(parent)
{
    setWindowTitle(tr("Settings"));
    auto *language = new QComboBox;
    for (const QString &code : Language::codes())
        language->addItem(Language::nativeName(code), code);
    language->setCurrentIndex(language->findData(Language::current()));
    auto *theme = new QComboBox;
    theme->addItem(tr("Like the system"), Theme::nameOf(Theme::Mode::System));
    theme->addItem(tr("Light"), Theme::nameOf(Theme::Mode::Light));
    theme->addItem(tr("Dark"), Theme::nameOf(Theme::Mode::Dark));
    theme->setCurrentIndex(theme->findData(Theme::nameOf(Theme::mode())));
    auto *size = new QComboBox;
    for (const int percent : {90, 100, 115, 130, 150})
        size->addItem(tr("%1 %").arg(percent), percent / 100.0);
    for (int i = 0; i < size->count(); ++i) {
        if (qFuzzyCompare(size->itemData(i).toDouble(), Theme::fontScale()))
            size->setCurrentIndex(i);
    }
    auto *notify = new QCheckBox(tr("Tell the desktop of troubles"));
    notify->setToolTip(tr("Only while the console is not in front."));
    notify->setChecked(QSettings().value(QStringLiteral("notify"), true).toBool());

    auto *adminPorts = new QLineEdit;
    adminPorts->setObjectName(QStringLiteral("adminPorts"));
    adminPorts->setMaxLength(2000);
    adminPorts->setPlaceholderText(QStringLiteral("8080, zk2=9090"));
    adminPorts->setToolTip(tr(
        "Asked on the page of masters where a ZooKeeper server does not take the words mntr and "
        "cons. One port for all (8080 is the default), then server=port for those that differ."));
    adminPorts->setText(QSettings().value(QStringLiteral("zookeeper/adminPorts")).toString());

    auto *form = new QFormLayout;
    form->setVerticalSpacing(Theme::Medium);
    form->addRow(tr("&Language"), language);
    form->addRow(tr("&Colours"), theme);
    form->addRow(tr("&Size of text"), size);
    form->addRow(tr("Ports of ZooKeeper's &AdminServers"), adminPorts);
    form->addRow(notify);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(Theme::Wide, Theme::Wide, Theme::Wide, Theme::Large);
    column->setSpacing(Theme::Large);
    column->addLayout(form);
    column->addWidget(closeButton(this));
    setMinimumWidth(440);

    const auto setLook = [this, theme, size] {
        QSettings().setValue(QStringLiteral("theme"), theme->currentData());
        QSettings().setValue(QStringLiteral("fontScale"), size->currentData());
        Theme::apply(*qobject_cast<QApplication *>(QApplication::instance()),
                     Theme::modeOf(theme->currentData().toString()),
                     size->currentData().toDouble());
        Q_EMIT lookChanged();
    };
    connect(theme, &QComboBox::activated, this, setLook);
    connect(size, &QComboBox::activated, this, setLook);
    connect(language, &QComboBox::activated, this,
            [language] { Language::choose(language->currentData().toString()); });
    connect(adminPorts, &QLineEdit::textChanged, this, [adminPorts](const QString &text) {
        const bool right = AdminPorts::parse(text).has_value();
        adminPorts->setProperty("wrong", !right);
        adminPorts->style()->polish(adminPorts);
        if (right)
            QSettings().setValue(QStringLiteral("zookeeper/adminPorts"), text.trimmed());
    });
    connect(notify, &QCheckBox::toggled, this,
            [](bool on) { QSettings().setValue(QStringLiteral("notify"), on); });
}

AboutDialog::AboutDialog(QWidget *parent) : QDialog(parent)
{
    setWindowTitle(tr("About Meseta"));
    auto *picture = new QLabel;
    picture->setPixmap(QIcon(QStringLiteral(":/icons/meseta.svg")).pixmap(64, 64));
    QLabel *title = plain(tr("Meseta console %1").arg(QCoreApplication::applicationVersion()));
    title->setFont(Theme::titleFont());
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(Theme::Wide, Theme::Wide, Theme::Wide, Theme::Large);
    column->setSpacing(Theme::Medium);
    column->addWidget(picture);
    column->addWidget(title);
    column->addWidget(plain(tr("A desktop console for clusters of Meseta and of Apache Mesos.")));
    column->addWidget(plain(tr("Free software under the Apache License, version 2.0. It is made "
                               "with Qt %1 (LGPL) and Protocol Buffers (BSD).")
                                .arg(QString::fromLatin1(qVersion()))));
    column->addWidget(closeButton(this));
    // Sentences need height for their width, which a dialog does not ask its layout for.
    const int width = static_cast<int>(440 * Theme::fontScale());
    setFixedSize(width, column->totalHeightForWidth(width));
}

ShortcutsDialog::ShortcutsDialog(const QList<QAction *> &actions, QWidget *parent) : QDialog(parent)
{
    setWindowTitle(tr("Keyboard shortcuts"));
    auto *content = new QWidget;
    auto *form = new QFormLayout(content);
    form->setHorizontalSpacing(Theme::Wide * 2);
    const auto add = [form](const QString &keys, const QString &what) {
        auto *label = new QLabel(keys);
        label->setFont(Theme::headingFont());
        form->addRow(label, plain(what));
    };
    for (const QAction *action : actions) {
        if (!action->shortcut().isEmpty())
            add(action->shortcut().toString(QKeySequence::NativeText),
                QString(action->text()).remove(QLatin1Char('&')).remove(QStringLiteral("…")));
    }
    add(tr("Return"), tr("Show all about the selected row"));
    add(tr("Tab"), tr("Take the first completion of a filter"));
    add(tr("Esc"), tr("Clear the filter, leave the palette or a dialog"));
    auto *scroll = new QScrollArea;
    scroll->setWidgetResizable(true);
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setWidget(content);
    auto *column = new QVBoxLayout(this);
    column->addWidget(scroll);
    column->addWidget(closeButton(this));
    resize(520, 560);
}

} // namespace meseta::console
