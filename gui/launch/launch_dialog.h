#pragma once

#include <QDialog>

#include "gui/launch/drop_payload.h"
#include "gui/model/replica.h"

class QCheckBox;
class QComboBox;
class QLabel;
class QLineEdit;
class QMenu;
class QPlainTextEdit;
class QPushButton;
class QStackedWidget;

namespace meseta::console {

class RequestForm;

/// Asks for one launch, or for the services of a Compose file: a form and its JSON side by side, in
/// step. Checks while typing and tells where it would fit; the launch button works when nothing is
/// wrong. Sends nothing itself.
class LaunchDialog : public QDialog
{
    Q_OBJECT
public:
    explicit LaunchDialog(const Replica &replica, QWidget *parent = nullptr);

    LaunchRequest request() const; ///< the one that is shown
    void setRequest(const LaunchRequest &request); ///< prefills the form
    /// Takes over what was dropped or pasted; all go to that agent, when it is named.
    void setPayload(const DropPayload &payload, const QString &agentId = {});
    /// It is meant for this offer: the sliders are bounded by what it holds, and whether that is
    /// enough is told. An offer that is gone changes nothing.
    void setOffer(const QString &offerId);

Q_SIGNALS:
    void launchRequested(const meseta::console::LaunchRequest &request);

protected:
    bool eventFilter(QObject *watched, QEvent *event) override;

private:
    QWidget *topRow();
    QWidget *editors();
    QWidget *reviewPage();
    QWidget *bottomRow();
    void readPasted();
    void showService(int index);
    void formChanged();
    void jsonChanged();
    void check();
    QString fitText() const;
    QString offerFitText(const OfferRow &offer) const;
    void showProblem(const QString &text);
    void showPasteProblem(const QString &text);
    void review();
    void launchAll();
    void fillPresets();
    void savePreset();

    const Replica &m_replica;
    QList<ImportedLaunch> m_services;
    int m_shown = 0;
    qsizetype m_pastedBefore = 0; ///< length of the line for pasting, before this change
    bool m_touched = false; ///< by the person, since it opened
    std::optional<LaunchRequest::Problem> m_problemFound;
    QStackedWidget *m_pages;
    QLineEdit *m_paste;
    QComboBox *m_choice; ///< of the services, when there are several
    QMenu *m_presets;
    RequestForm *m_form;
    QPlainTextEdit *m_json;
    QPlainTextEdit *m_call;
    QCheckBox *m_showJson;
    QLabel *m_notes;
    QLabel *m_fit;
    QLabel *m_problem;
    QPushButton *m_review;
    QPushButton *m_launch;
};

} // namespace meseta::console
